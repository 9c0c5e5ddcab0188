import { useId, useState } from 'react';
import { indented } from '../../../http/body.ts';
import { headerProblem, takesBody } from '../../../http/header-rules.ts';
import { StatusBadge } from '../../../http/status-badge.tsx';
import { Tabs } from '../../../http/tabs.tsx';
import { Button } from '../../../ui/button.tsx';
import { inputClass } from '../../../ui/field.tsx';
import { Ago, duration } from '../../../ui/time.tsx';
import type { Draft } from './draft.ts';
import type { Sent } from './history.ts';
import { PairsEditor } from './pairs-editor.tsx';
import styles from './request-parts.module.css';

interface RequestPartsProps {
  draft: Draft;
  onChange(changes: Partial<Draft>): void;
  history: readonly Sent[];
  onRestore(sent: Sent): void;
}

type Part = 'query' | 'headers' | 'body' | 'history';

const HEADER_NAMES = [
  'accept',
  'accept-language',
  'authorization',
  'cache-control',
  'content-type',
  'if-none-match',
  'x-request-id',
];
const CONTENT_TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/xml',
  'text/csv',
];

/** All of a request but its first line, and those sent before. */
export function RequestParts({ draft, onChange, history, onRestore }: RequestPartsProps) {
  const [part, setPart] = useState<Part>(draft.body !== '' ? 'body' : 'query');
  return (
    <Tabs<Part>
      label="Request"
      className={styles.parts}
      chosen={part}
      onChoose={setPart}
      tabs={[
        {
          key: 'query',
          label: 'Query',
          count: draft.query.length,
          content: (
            <div className={styles.content}>
              <PairsEditor what="Parameter" pairs={draft.query} onChange={(query) => onChange({ query })} />
            </div>
          ),
        },
        {
          key: 'headers',
          label: 'Headers',
          count: draft.headers.length,
          content: (
            <div className={styles.content}>
              <PairsEditor
                what="Header"
                pairs={draft.headers}
                names={HEADER_NAMES}
                problemOf={({ name, value }) => headerProblem(name.trim(), value.trim())}
                onChange={(headers) => onChange({ headers })}
              />
            </div>
          ),
        },
        { key: 'body', label: 'Body', content: <BodyPart draft={draft} onChange={onChange} /> },
        {
          key: 'history',
          label: 'History',
          count: history.length,
          content: <History history={history} onRestore={onRestore} />,
        },
      ]}
    />
  );
}

function BodyPart({ draft, onChange }: Pick<RequestPartsProps, 'draft' | 'onChange'>) {
  const { body, contentType, method } = draft;
  const id = useId();
  const isJson = /[/+]json\b/.test(contentType);
  const pretty = isJson ? indented(body) : undefined;
  const hint = !takesBody(method)
    ? body !== '' && `Browsers send no body with ${method}.`
    : isJson && body.trim() !== '' && pretty === undefined && 'This is not valid JSON. It is sent as it is.';
  return (
    <div className={`${styles.content} ${styles.body}`}>
      <div className={styles.type}>
        <input
          className={`${inputClass} ${styles.small}`}
          aria-label="Content type"
          placeholder="No content type"
          list={`${id}-types`}
          spellCheck={false}
          autoCapitalize="off"
          value={contentType}
          onChange={(event) => onChange({ contentType: event.target.value })}
        />
        <Button
          tone="quiet"
          disabled={pretty === undefined || pretty === body}
          onClick={() => onChange({ body: pretty! })}
        >
          Indent
        </Button>
        <datalist id={`${id}-types`}>
          {CONTENT_TYPES.map((type) => (
            <option key={type} value={type} />
          ))}
        </datalist>
      </div>
      <textarea
        className={`${inputClass} ${styles.text}`}
        aria-label="Body"
        aria-describedby={`${id}-hint`}
        spellCheck={false}
        autoCapitalize="off"
        value={body}
        onChange={(event) => onChange({ body: event.target.value })}
      />
      <p id={`${id}-hint`} className={styles.hint}>
        {hint}
      </p>
    </div>
  );
}

function History({ history, onRestore }: Pick<RequestPartsProps, 'history' | 'onRestore'>) {
  if (history.length === 0)
    return <p className={styles.none}>Requests that you send are remembered here, in this browser.</p>;
  return (
    <ul className={styles.history}>
      {history.map((sent) => (
        <li key={sent.time}>
          <button type="button" className={styles.sent} onClick={() => onRestore(sent)}>
            <span className={styles.method}>{sent.draft.method}</span>
            <span className={styles.path}>{lineOf(sent.draft)}</span>
            {sent.status ? (
              <StatusBadge status={sent.status} short />
            ) : (
              <span className={styles.when}>no answer</span>
            )}
            <span className={styles.when}>{duration(sent.durationMs)}</span>
            <span className={styles.when}>
              <Ago time={sent.time} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function lineOf({ path, query }: Draft): string {
  const pairs = query.map(({ name, value }) => `${name}=${value}`).join('&');
  return pairs === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${pairs}`;
}
