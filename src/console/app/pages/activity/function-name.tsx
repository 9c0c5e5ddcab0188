import { Link } from '../../router.tsx';
import styles from './rows.module.css';

/** The function that something happened to, as a link to it. */
export function FunctionName({ id, title }: { id: string; title: string }) {
  return (
    <Link to={`/lambda/info?id=${id}`} className={styles.function} title={title}>
      {title}
    </Link>
  );
}
