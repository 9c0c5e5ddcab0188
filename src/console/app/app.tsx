import { lazy, type ReactNode, Suspense } from 'react';
import { useSession } from './api/session.ts';
import { JournalProvider } from './live/journal.tsx';
import { ListPage } from './pages/list/list-page.tsx';
import { LoginPage } from './pages/login/login-page.tsx';
import { LeaveDialog, Link, usePlace } from './router.tsx';
import { Shell } from './shell.tsx';
import { buttonClass } from './ui/button.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Notice } from './ui/notice.tsx';
import { ToastProvider } from './ui/toasts.tsx';
import { useFocusKept } from './ui/use-focus-kept.ts';

// The list is what most visits begin with; the code editor and the charts come with the pages that show them.
const AddPage = lazy(() => import('./pages/add/add-page.tsx'));
const InfoPage = lazy(() => import('./pages/info/info-page.tsx'));
const ActivityPage = lazy(() => import('./pages/activity/activity-page.tsx'));

export function App() {
  const { refused } = useSession();
  useFocusKept();
  if (refused) return <LoginPage />;
  return (
    <ToastProvider>
      <JournalProvider>
        <Shell>
          <Page />
        </Shell>
        <LeaveDialog />
      </JournalProvider>
    </ToastProvider>
  );
}

function Page() {
  const { path, query } = usePlace();
  const id = query.get('id') ?? '';
  return (
    <ErrorBoundary key={`${path} ${id}`}>
      <Suspense fallback={<output className="visually-hidden">Loading…</output>}>{pageOf(path, id)}</Suspense>
    </ErrorBoundary>
  );
}

function pageOf(path: string, id: string): ReactNode {
  switch (path) {
    case '/':
    case '/lambda/list':
      return <ListPage />;
    case '/lambda/add':
      return <AddPage />;
    case '/lambda/info':
      return <InfoPage key={id} id={id} />;
    case '/lambda/activity':
      return <ActivityPage />;
    default:
      return (
        <Notice
          title="There is no such page"
          actions={
            <Link to="/lambda/list" className={buttonClass('primary')}>
              All functions
            </Link>
          }
        />
      );
  }
}
