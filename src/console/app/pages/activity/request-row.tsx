import { ChevronRight, RotateCw } from 'lucide-react';
import { memo, useEffect, useId, useRef, useState } from 'react';
import { getExchange } from '../../api/functions.ts';
import { ApiError, isAbort, messageOf } from '../../api/request.ts';
import type { Exchange } from '../../api/types.ts';
import { sendableAgain } from '../../http/exchange.ts';
import { StatusBadge } from '../../http/status-badge.tsx';
import { useSend } from '../../http/use-send.ts';
import { IconButton } from '../../ui/button.tsx';
import { duration } from '../../ui/time.tsx';
import { clockTime } from '../info/logs/log-line.ts';
import { ExchangeView } from './exchange-view.tsx';
import { FunctionName } from './function-name.tsx';
import type { Invocation } from './kinds.ts';
import styles from './rows.module.css';

/** What a function writes may come a little after its answer. */
const LOGS_SETTLE = 600;

/** A request; opened, all that was sent and answered. */
export const RequestRow = memo(function RequestRow({ entry, title }: { entry: Invocation; title: string }) {
  const { id, method, path, status, durationMs, time } = entry;
  const [open, setOpen] = useState(false);
  const { exchange, problem } = useExchange(entry, open);
  const { reply, busy, start } = useSend();
  const [wanted, setWanted] = useState(false);
  const details = useId();

  // Who repeats a closed one has it opened first: what is to be sent has to come from the daemon.
  useEffect(() => {
    if (!wanted || !exchange) return;
    setWanted(false);
    if (!exchange.request.truncated) void start(sendableAgain(exchange, location.origin));
  }, [wanted, exchange, start]);
  const repeat = () => {
    setOpen(true);
    setWanted(true);
  };
  return (
    <li className={styles.item}>
      <div className={styles.row}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-controls={details}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight size={15} aria-hidden className={styles.chevron} />
          <time className={styles.time} dateTime={time}>
            {clockTime(time)}
          </time>
          <StatusBadge status={status} short />
          <span className={styles.what}>
            <span className={styles.method}>{method}</span> <span className={styles.path}>{path}</span>
          </span>
        </button>
        <FunctionName id={id} title={title} />
        <span className={styles.took}>{duration(durationMs)}</span>
        <IconButton label={`Repeat ${method} ${path}`} disabled={busy} onClick={repeat}>
          <RotateCw size={14} aria-hidden />
        </IconButton>
      </div>
      <div id={details} hidden={!open}>
        {open && problem !== undefined && <p className={styles.problem}>{problem}</p>}
        {open && exchange && (
          <ExchangeView exchange={exchange} repeated={reply} busy={busy} onRepeat={repeat} />
        )}
        {open && !exchange && problem === undefined && <div className={styles.loading} aria-busy="true" />}
      </div>
    </li>
  );
});

/** Loads the exchange once it is wanted. */
function useExchange({ seq, time }: Invocation, wanted: boolean): { exchange?: Exchange; problem?: string } {
  const [found, setFound] = useState<{ exchange?: Exchange; problem?: string }>({});
  const loaded = useRef(false);
  useEffect(() => {
    if (!wanted || loaded.current) return;
    const abort = new AbortController();
    let timer = 0;
    const load = async () => {
      try {
        const exchange = await getExchange(seq, abort.signal);
        loaded.current = true;
        setFound({ exchange });
      } catch (error) {
        if (!isAbort(error)) setFound({ problem: whyNot(error) });
      }
    };
    const age = Date.now() - Date.parse(time);
    void load().then(() => {
      if (age < LOGS_SETTLE && !abort.signal.aborted)
        timer = window.setTimeout(() => void load(), LOGS_SETTLE);
    });
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [wanted, seq, time]);
  return found;
}

function whyNot(error: unknown): string {
  if (error instanceof ApiError && error.status === 404)
    return 'This request is no longer kept. lambdock keeps the newest 1,000, as long as it runs and their function is there.';
  return `The request could not be loaded: ${messageOf(error)}`;
}
