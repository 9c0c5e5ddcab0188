export default function InfoPage({ id }: { id: string }) {
  return <h1>{id}</h1>;
}
