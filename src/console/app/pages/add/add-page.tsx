export default function AddPage() {
  return <h1>New function</h1>;
}
