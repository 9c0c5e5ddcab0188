import { ExternalLink, Send } from 'lucide-react';
import { useState } from 'react';
import { BodyView } from '../../../http/body-view.tsx';
import { FailureView, failureIn } from '../../../http/failure-view.tsx';
import { HeaderList } from '../../../http/header-list.tsx';
import type { Reply } from '../../../http/send.ts';
import { StatusBadge } from '../../../http/status-badge.tsx';
import { Tabs } from '../../../http/tabs.tsx';
import { iconClass } from '../../../ui/button.tsx';
import { ScrollArea } from '../../../ui/scroll-area.tsx';
import { duration, size } from '../../../ui/time.tsx';
import styles from './reply-view.module.css';

interface ReplyViewProps {
  reply: Reply | undefined;
  /** A newer one is awaited. */
  stale: boolean;
  /** The address, where opening it in a tab is the same request. */
  openable: string | undefined;
}

type Part = 'body' | 'headers';

/** An answer: how it went, and what came. */
export function ReplyView({ reply, stale, openable }: ReplyViewProps) {
  const [part, setPart] = useState<Part>('body');
  if (!reply) return <Nothing waiting={stale} />;
  const { status, headers, body, phase, problem } = reply;
  if (status === 0)
    return (
      <p className={styles.problem}>
        {phase === 'cancelled' ? 'You cancelled the request before it was answered.' : problem}
      </p>
    );
  const failure = phase === 'receiving' ? undefined : failureIn(status, body);
  return (
    <div className={stale ? `${styles.reply} ${styles.stale}` : styles.reply}>
      <Tabs<Part>
        label="Response"
        className={styles.parts}
        chosen={part}
        onChoose={setPart}
        extra={<Summary reply={reply} />}
        tabs={[
          {
            key: 'body',
            label: 'Body',
            content: (
              <>
                {problem && <p className={styles.problem}>{problem}</p>}
                {failure ? (
                  <ScrollArea label="Failure" className={styles.scroll}>
                    <FailureView failure={failure} />
                  </ScrollArea>
                ) : (
                  <BodyView
                    body={body}
                    name="response"
                    empty={
                      reply.method === 'HEAD' ? 'Answers to HEAD have no body.' : 'The answer has no body.'
                    }
                    actions={
                      openable !== undefined &&
                      body.contentType.startsWith('text/html') && <OpenLink to={openable} />
                    }
                  />
                )}
              </>
            ),
          },
          {
            key: 'headers',
            label: 'Headers',
            count: headers.length,
            content: (
              <ScrollArea label="Headers of the response" className={`${styles.scroll} ${styles.headers}`}>
                <HeaderList headers={headers} />
                <p className={styles.note}>Browsers hide Set-Cookie from pages; the activity shows it.</p>
              </ScrollArea>
            ),
          },
        ]}
      />
    </div>
  );
}

function Summary({ reply }: { reply: Reply }) {
  const { status, phase, firstMs, durationMs, body, redirectedTo } = reply;
  return (
    <p className={styles.summary} role="status">
      {redirectedTo && <span title={redirectedTo}>redirected</span>}
      {phase === 'receiving' ? (
        <span>receiving…</span>
      ) : phase === 'cancelled' ? (
        <span>cancelled</span>
      ) : null}
      <span title={`Headers after ${duration(firstMs)}`}>
        {duration(phase === 'receiving' ? firstMs : durationMs)}
      </span>
      <span>{size(body.length)}</span>
      <StatusBadge status={status} />
    </p>
  );
}

function OpenLink({ to }: { to: string }) {
  return (
    <a
      href={to}
      target="_blank"
      rel="noopener noreferrer"
      className={iconClass}
      aria-label="Open in a new tab"
      title="Open in a new tab"
    >
      <ExternalLink size={15} aria-hidden />
    </a>
  );
}

function Nothing({ waiting }: { waiting: boolean }) {
  return (
    <div className={styles.nothing}>
      <Send size={20} aria-hidden />
      <p>{waiting ? 'Waiting for the answer…' : 'The answer appears here.'}</p>
      {!waiting && (
        <p className={styles.keys}>
          <kbd>Ctrl</kbd> or <kbd>⌘</kbd> with <kbd>Enter</kbd> sends
        </p>
      )}
    </div>
  );
}
