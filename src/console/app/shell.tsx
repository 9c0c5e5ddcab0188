import { Activity, LogOut, Plus, SquareFunction } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { getHealth } from './api/functions.ts';
import { signOut, useSession } from './api/session.ts';
import mark from './assets/mark.svg';
import { useJournal } from './live/journal.tsx';
import { useLive } from './live/use-live.ts';
import { Link, usePlace } from './router.tsx';
import styles from './shell.module.css';
import { buttonClass, IconButton } from './ui/button.tsx';

const PAGES = [
  {
    to: '/lambda/list',
    label: 'Functions',
    icon: SquareFunction,
    paths: ['/', '/lambda/list', '/lambda/info'],
  },
  { to: '/lambda/activity', label: 'Activity', icon: Activity, paths: ['/lambda/activity'] },
];

/** What is around every page: the way to the others, and whether the daemon is there. */
export function Shell({ children }: { children: ReactNode }) {
  const { path } = usePlace();
  const { token } = useSession();
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <header className={styles.bar}>
        <Link to="/lambda/list" className={styles.brand} aria-label="lambdock, all functions">
          <img src={mark} alt="" width={24} height={24} />
          <span className={styles.name}>lambdock</span>
        </Link>
        <nav className={styles.pages} aria-label="Pages">
          {PAGES.map(({ to, label, icon: Icon, paths }) => (
            <Link
              key={to}
              to={to}
              className={styles.page}
              aria-current={paths.includes(path) ? 'page' : undefined}
            >
              <Icon size={16} aria-hidden />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
        <Connection />
        {token !== null && (
          <IconButton label="Sign out" onClick={signOut}>
            <LogOut size={16} aria-hidden />
          </IconButton>
        )}
        <Link
          to="/lambda/add"
          className={`${buttonClass('primary')} ${styles.add}`}
          aria-label="New function"
        >
          <Plus size={16} aria-hidden />
          <span>New function</span>
        </Link>
      </header>
      <LostBanner />
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** What the page is connected to, in a few words. */
function Connection() {
  const { state } = useJournal();
  const { data } = useLive(getHealth, { key: 'health' });
  if (state === 'lost') return <span className={`${styles.connection} ${styles.lost}`}>Not connected</span>;
  if (!data) return <span className={styles.connection} />;
  const { driver, version } = data;
  const on = driver.name === 'process' ? 'processes' : driver.name;
  return (
    <span
      className={styles.connection}
      title={`lambdock ${version}; functions run as ${on}. Data: ${data.dataDirectory}`}
    >
      <span className={styles.dot} aria-hidden="true" />
      {location.host}
      <span className={styles.driver}>{on}</span>
    </span>
  );
}

/** A restart takes a moment; only what lasts is worth a banner. */
const PATIENCE = 700;

function LostBanner() {
  const { state } = useJournal();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (state === 'open') setLost(false);
    if (state !== 'lost') return;
    const timer = window.setTimeout(() => setLost(true), PATIENCE);
    return () => window.clearTimeout(timer);
  }, [state]);
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <div className={styles.banner}>
          <strong>lambdock is not answering.</strong> This page connects again by itself, and keeps what you
          typed. Is it stopped? <code>lambdock start</code> starts it.
        </div>
      )}
    </div>
  );
}
