import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { Highlighted } from '../../../ui/highlighted.tsx';
import type { LogBook } from './log-book.ts';
import { clockTime, type Line, shownText } from './log-line.ts';
import styles from './log-lines.module.css';

interface LogLinesProps {
  book: LogBook;
  /** Grows with what the book shows. */
  version: number;
  wrap: boolean;
  search: string;
  /** The newest lines are kept in view. */
  following: boolean;
  onFollow(following: boolean): void;
}

/** As in the style sheet. */
const ROW = 20;
const OVERSCAN = 12;
/** Lines are drawn anew only when so many rows were scrolled. */
const STEP = 6;
/** Who is this near the end wants to follow. */
const NEAR_END = 12;

/** The lines in view, and nothing else: what is above and below is empty space of the same height. */
export function LogLines({ book, version, wrap, search, following, onFollow }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const lastTop = useRef(0);
  const [scrolled, setScrolled] = useState(0);
  const [height, setHeight] = useState(600);

  const measure = useCallback(() => {
    const { clientHeight } = scroller.current!;
    setHeight(clientHeight);
    const cell = probe.current!;
    const character = cell.firstElementChild!.getBoundingClientRect().width / 100;
    const columns = Math.max(10, Math.floor(cell.getBoundingClientRect().width / character));
    book.wrapAt(wrap ? columns : undefined);
  }, [book, wrap]);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    measure();
    // The font may come later than the first lines.
    void document.fonts.ready.then(() => scroller.current && measure());
    return () => observer.disconnect();
  }, [measure]);

  const { rows, shown } = book;
  const visible = Math.ceil(height / ROW);
  const top = following ? Math.max(0, rows - visible) : Math.min(scrolled, Math.max(0, rows - visible));
  const first = book.at(Math.max(0, top - OVERSCAN));
  const last = book.at(top + visible + OVERSCAN + STEP);
  const lines = shown.slice(first, last + 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: these move the end
  useLayoutEffect(() => {
    const element = scroller.current!;
    if (following) element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [following, version, height, rows]);

  useLayoutEffect(() => {
    if (following) return;
    setScrolled(Math.floor(scroller.current!.scrollTop / ROW / STEP) * STEP);
  }, [following]);

  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!;
    const atEnd = scrollHeight - clientHeight - scrollTop <= NEAR_END;
    if (atEnd && !following && scrollTop > lastTop.current) onFollow(true);
    else if (!atEnd && following && scrollTop < lastTop.current) onFollow(false);
    lastTop.current = scrollTop;
    if (!following || !atEnd) setScrolled(Math.floor(scrollTop / ROW / STEP) * STEP);
  };

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="log"
      aria-live="off"
      aria-label="Log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard as well
      tabIndex={0}
      onScroll={onScroll}
    >
      <div className={wrap ? styles.space : `${styles.space} ${styles.wide}`} style={{ height: rows * ROW }}>
        <div className={`${styles.line} ${styles.probe}`} aria-hidden="true">
          <span className={styles.time} />
          <span className={styles.stream} />
          <span ref={probe} className={styles.text}>
            <span className={styles.ruler}>{'0'.repeat(100)}</span>
          </span>
        </div>
        <div className={styles.window} style={{ transform: `translateY(${book.rowOf(first) * ROW}px)` }}>
          {lines.map((line) => (
            <LogRow key={line.index} line={line} search={search} />
          ))}
        </div>
      </div>
    </div>
  );
}

const LogRow = memo(function LogRow({ line, search }: { line: Line; search: string }) {
  const { time, stream, foreign, index, entry } = line;
  const { text, more } = shownText(line.text);
  const own = index === entry;
  const failed = stream === 'stderr';
  return (
    <div
      className={[styles.line, failed && styles.stderr, !own && styles.continued, foreign && styles.foreign]
        .filter(Boolean)
        .join(' ')}
    >
      <span className={styles.time}>{own && clockTime(time)}</span>
      <span className={styles.stream}>{own && failed && <abbr title="written to stderr">err</abbr>}</span>
      <span className={styles.text}>
        <Highlighted text={text} search={search} />
        {more > 0 && <span className={styles.more}> … {more.toLocaleString('en')} more characters</span>}
      </span>
    </div>
  );
});
