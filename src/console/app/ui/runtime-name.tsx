import styles from './runtime-name.module.css';

const NAMES: Readonly<Record<string, string>> = { node: 'Node.js', python: 'Python', golang: 'Go' };

/** What a language is called: `Node.js` for `node`. */
export function languageName(runtime: string): string {
  return NAMES[runtime] ?? runtime;
}

export function RuntimeName({ runtime, version }: { runtime: string; version: string }) {
  return (
    <span className={styles.runtime}>
      {languageName(runtime)} <span className={styles.version}>{version}</span>
    </span>
  );
}
