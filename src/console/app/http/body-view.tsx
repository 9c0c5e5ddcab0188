import { Download } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { size } from '../ui/time.tsx';
import { type BodyKind, decode, fileName, hexRows, indented, kindOf, MOST_SHOWN_BYTES } from './body.ts';
import styles from './body-view.module.css';
import { download } from './download.ts';
import { jsonTokens } from './json-tokens.ts';

export interface Body {
  contentType: string;
  /** What there is of it, which may be only its start. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Its whole length, as far as it is known. */
  length: number;
  /** More of it is on its way. */
  arriving?: boolean;
}

interface BodyViewProps {
  body: Body;
  /** What a file is called that it is saved to, without an ending. */
  name: string;
  /** Shown where there is no body. */
  empty?: string;
  /** More that can be done with it. */
  actions?: ReactNode;
}

/** More tokens than these make pages slow. */
const MOST_COLOURED = 150_000;

/** The body of a request or an answer, as what it is. Markup is never more than text here. */
export function BodyView({ body, name, empty = 'No body', actions }: BodyViewProps) {
  const { contentType, bytes, length, arriving = false } = body;
  const [raw, setRaw] = useState(false);
  const kind = kindOf(contentType, bytes);
  const shown = useMemo(() => bytes.subarray(0, MOST_SHOWN_BYTES), [bytes]);
  const text = useMemo(
    () => (kind === 'binary' || kind === 'image' ? '' : decode(shown, contentType)),
    [kind, shown, contentType],
  );
  const pretty = useMemo(
    () => (kind === 'json' && !arriving ? indented(text) : undefined),
    [kind, text, arriving],
  );
  if (kind === 'empty') return <p className={styles.empty}>{arriving ? 'Waiting for the body…' : empty}</p>;
  const missing = length - (kind === 'image' ? bytes.length : shown.length);
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <span className={styles.type}>{contentType === '' ? 'no content type' : contentType}</span>
        {pretty !== undefined && pretty !== text && (
          <button type="button" className={styles.switch} aria-pressed={raw} onClick={() => setRaw(!raw)}>
            As sent
          </button>
        )}
        {actions}
        {text !== '' && <CopyButton label="Copy the body" text={raw ? text : (pretty ?? text)} />}
        <IconButton
          label="Download the body"
          onClick={() =>
            download(fileName(name, contentType), [bytes], contentType || 'application/octet-stream')
          }
        >
          <Download size={15} aria-hidden />
        </IconButton>
      </div>
      {missing > 0 && (
        <p className={styles.missing}>
          The first {size(length - missing)} of {size(length)}.
          {bytes.length > shown.length && ' The download has more of it.'}
        </p>
      )}
      <Content kind={kind} bytes={bytes} contentType={contentType} text={raw ? text : (pretty ?? text)} />
    </div>
  );
}

interface ContentProps {
  kind: BodyKind;
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  text: string;
}

function Content({ kind, bytes, contentType, text }: ContentProps) {
  if (kind === 'image') return <Picture bytes={bytes} contentType={contentType} />;
  if (kind === 'binary') return <Hex bytes={bytes} />;
  return (
    <ScrollArea className={styles.scroll} label="Content of the body">
      <pre className={styles.text}>
        {kind === 'json' && text.length <= MOST_COLOURED ? <Json text={text} /> : text}
      </pre>
    </ScrollArea>
  );
}

function Json({ text }: { text: string }) {
  const tokens = useMemo(() => jsonTokens(text), [text]);
  return tokens.map(({ kind, text: part, at }) =>
    kind === 'plain' ? (
      part
    ) : (
      <span key={at} className={styles[kind]}>
        {part}
      </span>
    ),
  );
}

function Picture({ bytes, contentType }: { bytes: Uint8Array<ArrayBuffer>; contentType: string }) {
  const [url, setUrl] = useState<string>();
  const [broken, setBroken] = useState(false);
  const [dimensions, setDimensions] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: contentType }));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, contentType]);
  if (broken) return <Hex bytes={bytes} />;
  return (
    <figure className={styles.picture}>
      {url && (
        <img
          src={url}
          alt="The body"
          onError={() => setBroken(true)}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setDimensions(`${naturalWidth} × ${naturalHeight}`)
          }
        />
      )}
      <figcaption>{dimensions}</figcaption>
    </figure>
  );
}

function Hex({ bytes }: { bytes: Uint8Array }) {
  return (
    <ScrollArea className={styles.scroll} label="Content of the body">
      <pre className={styles.text}>
        {hexRows(bytes).map(({ offset, hex, text }) => (
          <span key={offset}>
            <span className={styles.offset}>{offset}</span>
            {`  ${hex.padEnd(48)} ${text}\n`}
          </span>
        ))}
        {bytes.length > 512 && <span className={styles.offset}>… {size(bytes.length)} in all</span>}
      </pre>
    </ScrollArea>
  );
}
