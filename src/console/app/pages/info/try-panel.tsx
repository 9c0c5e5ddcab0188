import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { endpointOf } from '../../api/functions.ts';
import type { FullFunction } from '../../api/types.ts';
import { toCurl } from '../../http/curl.ts';
import { CurlButton } from '../../http/curl-button.tsx';
import { useSend } from '../../http/use-send.ts';
import { useJournalEntries } from '../../live/journal.tsx';
import { localShelf } from '../../storage.ts';
import { Button } from '../../ui/button.tsx';
import { inputClass } from '../../ui/field.tsx';
import { Switch } from '../../ui/switch.tsx';
import { type Draft, FIRST_DRAFT, METHODS, pathOf, pathProblem, sendable, toRequest } from './try/draft.ts';
import { readHistory, remember } from './try/history.ts';
import { ReplyView } from './try/reply-view.tsx';
import { RequestParts } from './try/request-parts.tsx';
import styles from './try-panel.module.css';

/** Sends requests to a function and shows its answers, by hand or each time that its code is live anew. */
export function TryPanel({ fn: { id } }: { fn: FullFunction }) {
  const endpoint = endpointOf(id);
  const [history, setHistory] = useState(() => readHistory(id, localShelf));
  const [draft, setDraft] = useState<Draft>(() => history[0]?.draft ?? FIRST_DRAFT);
  const [again, setAgain] = useState(false);
  const { reply, busy, start, cancel } = useSend();
  const path = useRef<HTMLInputElement>(null);
  const problem = pathProblem(draft, endpoint, location.origin);
  const request = toRequest(draft, endpoint, location.origin);

  const send = async () => {
    if (problem !== undefined) return path.current?.focus();
    const time = new Date().toISOString();
    const answer = await start(sendable(request));
    if (!answer) return;
    const { status, durationMs } = answer;
    setHistory(remember(id, { draft, time, durationMs, ...(status > 0 ? { status } : {}) }, localShelf));
  };
  useJournalEntries((entry) => {
    if (again && entry.type === 'reload.finished' && entry.id === id && problem === undefined)
      void start(sendable(request));
  });
  // What was asked for belongs to a function; another one's is another panel.
  useEffect(() => cancel, [cancel]);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void send();
  };
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  return (
    <section className={styles.panel} aria-label="Try" onKeyDown={onKeyDown}>
      <form className={styles.line} onSubmit={onSubmit}>
        <select
          className={styles.method}
          aria-label="Method"
          value={draft.method}
          onChange={(event) => change({ method: event.target.value })}
        >
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </select>
        <div className={styles.address}>
          <span className={styles.prefix} title={endpoint} aria-hidden="true">
            {endpoint}
          </span>
          <input
            ref={path}
            className={`${inputClass} ${styles.path}`}
            aria-label="Path"
            aria-invalid={problem !== undefined || undefined}
            aria-describedby={problem === undefined ? undefined : 'try-path-problem'}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={draft.path}
            onChange={(event) => change({ path: event.target.value })}
          />
        </div>
        {/* One button, so that whoever pressed it keeps the focus. */}
        <Button
          type="submit"
          tone={busy ? 'plain' : 'primary'}
          className={styles.send}
          onClick={(event) => {
            if (!busy) return;
            // It may be the other button before the click is over.
            event.preventDefault();
            cancel();
          }}
        >
          {busy ? 'Cancel' : 'Send'}
        </Button>
        {problem !== undefined && (
          <p id="try-path-problem" className={styles.problem} role="alert">
            {problem}
          </p>
        )}
      </form>
      <div className={styles.split}>
        <div className={styles.half}>
          <RequestParts
            draft={draft}
            onChange={change}
            history={history}
            onRestore={(sent) => setDraft(sent.draft)}
          />
        </div>
        <div className={styles.half}>
          <ReplyView
            reply={reply}
            stale={busy && reply?.phase !== 'receiving'}
            openable={draft.method === 'GET' ? pathOf(draft, endpoint) : undefined}
          />
        </div>
      </div>
      <div className={styles.foot}>
        <Switch
          label="Send again on each reload"
          hint="Shows the answer of new code as soon as it is live"
          on={again}
          onChange={setAgain}
        />
        <CurlButton command={toCurl(request)} />
      </div>
    </section>
  );
}
