import { ArrowRight, RotateCw } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Exchange, LogLine, Message } from '../../api/types.ts';
import { BodyView } from '../../http/body-view.tsx';
import { toCurl } from '../../http/curl.ts';
import { CurlButton } from '../../http/curl-button.tsx';
import { again, bodyOf } from '../../http/exchange.ts';
import { FailureView, failureIn } from '../../http/failure-view.tsx';
import { HeaderList } from '../../http/header-list.tsx';
import type { Reply } from '../../http/send.ts';
import { StatusBadge } from '../../http/status-badge.tsx';
import { Tabs } from '../../http/tabs.tsx';
import { Button } from '../../ui/button.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { duration } from '../../ui/time.tsx';
import { clockTime } from '../info/logs/log-line.ts';
import styles from './exchange-view.module.css';

interface ExchangeViewProps {
  exchange: Exchange;
  /** The answer to the same request, made again. */
  repeated: Reply | undefined;
  busy: boolean;
  onRepeat(): void;
}

type Part = 'response' | 'request' | 'logs' | 'repeated';

/** A request with its answer and what the function wrote meanwhile. */
export function ExchangeView({ exchange, repeated, busy, onRepeat }: ExchangeViewProps) {
  const { request, response, logs, durationMs } = exchange;
  const [part, setPart] = useState<Part>('response');
  const done = repeated !== undefined;
  useEffect(() => {
    if (done) setPart('repeated');
  }, [done]);
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <Button busy={busy} disabled={request.truncated} onClick={onRepeat}>
          <RotateCw size={14} aria-hidden />
          Repeat
        </Button>
        <CurlButton command={toCurl(again(exchange, location.origin))} />
        {request.truncated && (
          <span className={styles.note}>Its body was too long to be kept and sent again.</span>
        )}
        {repeated && <Compared before={response.status} beforeMs={durationMs} repeated={repeated} />}
      </div>
      <Tabs<Part>
        label="Request and answer"
        chosen={part}
        onChoose={setPart}
        tabs={[
          {
            key: 'response',
            label: 'Response',
            content: <MessagePart message={response} status={response.status} name="response" />,
          },
          { key: 'request', label: 'Request', content: <MessagePart message={request} name="request" /> },
          { key: 'logs', label: 'Logs', count: logs.length, content: <Logs logs={logs} /> },
          ...(repeated
            ? [{ key: 'repeated' as const, label: 'Repeated', content: <Repeated reply={repeated} /> }]
            : []),
        ]}
      />
    </div>
  );
}

function Compared({ before, beforeMs, repeated }: { before: number; beforeMs: number; repeated: Reply }) {
  const { status, durationMs, phase, problem } = repeated;
  if (phase === 'receiving') return null;
  if (status === 0) return <output className={styles.compared}>{problem ?? 'cancelled'}</output>;
  return (
    <output className={styles.compared}>
      <StatusBadge status={before} short />
      <ArrowRight size={14} aria-label="became" />
      <StatusBadge status={status} short />
      <span>
        {before === status ? 'the same status' : 'another status'}; {duration(durationMs)},{' '}
        {duration(beforeMs)} before
      </span>
    </output>
  );
}

function MessagePart({ message, status, name }: { message: Message; status?: number; name: string }) {
  const body = bodyOf(message);
  const failure = status === undefined ? undefined : failureIn(status, body);
  return (
    <Parts headers={message.headers}>
      {failure ? (
        <FailureView failure={failure} />
      ) : (
        <BodyView body={body} name={name} empty={`The ${name} has no body.`} />
      )}
    </Parts>
  );
}

function Repeated({ reply }: { reply: Reply }) {
  const failure = failureIn(reply.status, reply.body);
  return (
    <Parts headers={reply.headers}>
      {failure ? (
        <FailureView failure={failure} />
      ) : (
        <BodyView body={reply.body} name="response" empty="The response has no body." />
      )}
    </Parts>
  );
}

function Parts({
  headers,
  children,
}: {
  headers: readonly (readonly [string, string])[];
  children: ReactNode;
}) {
  return (
    <div className={styles.parts}>
      <div className={styles.body}>{children}</div>
      <ScrollArea label="Headers" className={styles.headers}>
        <HeaderList headers={headers} />
      </ScrollArea>
    </div>
  );
}

function Logs({ logs }: { logs: readonly LogLine[] }) {
  if (logs.length === 0) return <p className={styles.none}>The function wrote nothing meanwhile.</p>;
  return (
    <ScrollArea label="Logs" className={styles.logs}>
      {logs.map(({ seq, time, stream, text }) => (
        <div key={seq} className={stream === 'stderr' ? `${styles.line} ${styles.stderr}` : styles.line}>
          <span className={styles.time}>{clockTime(time)}</span>
          <span className={styles.stream}>
            {stream === 'stderr' && <abbr title="written to stderr">err</abbr>}
          </span>
          <span>{text}</span>
        </div>
      ))}
    </ScrollArea>
  );
}
