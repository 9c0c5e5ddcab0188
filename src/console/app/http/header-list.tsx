import styles from './header-list.module.css';

/** The headers of a message, as they were sent. */
export function HeaderList({ headers }: { headers: readonly (readonly [name: string, value: string])[] }) {
  if (headers.length === 0) return <p className={styles.none}>None</p>;
  return (
    <dl className={styles.list}>
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, and the list never changes
        <div key={index} className={styles.header}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
