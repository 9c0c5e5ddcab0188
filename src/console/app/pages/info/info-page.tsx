import { FileQuestionMark, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { restoreFunction } from '../../api/functions.ts';
import { ApiError, messageOf } from '../../api/request.ts';
import { Link } from '../../router.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { CodePanel } from './code-panel.tsx';
import { InfoHeader } from './info-header.tsx';
import styles from './info-page.module.css';
import { InfoTabs } from './info-tabs.tsx';
import { TryPanel } from './try-panel.tsx';
import { type LiveFunction, useFunction } from './use-function.ts';

/** One function: its code, what it answers, what it writes, how it is called. */
export default function InfoPage({ id }: { id: string }) {
  const live = useFunction(id);
  const { answer, status, error, deleted, refresh } = live;
  const [dirty, setDirty] = useState(false);
  const title = answer?.data.title;
  useTitle(title === undefined ? 'Function' : dirty && !deleted ? `• ${title}` : title);

  if (deleted) return <Deleted id={id} title={title!} dirty={dirty} refresh={refresh} />;
  // Whether the code can be changed here is not known before the status is.
  if (!answer || !status) return error === undefined ? <Loading /> : <Failed live={live} />;
  return (
    <div className={styles.page}>
      <InfoHeader fn={answer.data} status={status} dirty={dirty} />
      <div className={styles.work}>
        <CodePanel
          fn={answer.data}
          etag={answer.etag}
          status={status}
          error={error}
          onDirty={setDirty}
          refresh={refresh}
        />
        <div className={`${styles.card} ${styles.try}`}>
          <TryPanel fn={answer.data} />
        </div>
      </div>
      <div className={styles.below}>
        <InfoTabs id={id} />
      </div>
    </div>
  );
}

function Failed({ live: { error, refresh } }: { live: LiveFunction }) {
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <Notice
        icon={<FileQuestionMark size={22} aria-hidden />}
        title="There is no such function"
        actions={<AllFunctions />}
      >
        It may have been deleted, or this lambdock was reset since the link was made.
      </Notice>
    );
  return (
    <Notice
      tone="bad"
      icon={<TriangleAlert size={22} aria-hidden />}
      title="The function could not be loaded"
      actions={
        <>
          <Button tone="primary" onClick={refresh}>
            Try again
          </Button>
          <AllFunctions />
        </>
      }
    >
      {messageOf(error)}
    </Notice>
  );
}

interface DeletedProps {
  id: string;
  title: string;
  /** Something was typed that is not saved. */
  dirty: boolean;
  refresh(): void;
}

function Deleted({ id, title, dirty, refresh }: DeletedProps) {
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const restore = async () => {
    setBusy(true);
    try {
      await restoreFunction(id);
      refresh();
    } catch (error) {
      toast({ message: `“${title}” could not be restored: ${messageOf(error)}`, tone: 'bad' });
      setBusy(false);
    }
  };
  return (
    <Notice
      icon={<Trash2 size={22} aria-hidden />}
      title={`“${title}” was deleted`}
      actions={
        <>
          <Button tone="primary" busy={busy} onClick={() => void restore()}>
            Restore
          </Button>
          <AllFunctions />
        </>
      }
    >
      {dirty
        ? 'Restored, it has the code that was saved last. What you typed since is kept in this browser, and is in the editor then.'
        : 'Restored, it answers at the same address, with the code that it had.'}
    </Notice>
  );
}

function AllFunctions() {
  return (
    <Link to="/lambda/list" className={buttonClass()}>
      All functions
    </Link>
  );
}

function Loading() {
  return (
    <div className={styles.page} aria-busy="true">
      <output className="visually-hidden">Loading the function…</output>
      <div className={styles.bones} aria-hidden="true">
        <span className={styles.bone} />
        <span className={styles.bone} />
      </div>
      <div className={styles.work} aria-hidden="true">
        <div className={styles.card} />
        <div className={styles.card} />
      </div>
      <div className={styles.card} aria-hidden="true" />
    </div>
  );
}
