import type { LogLine } from '../../../api/types.ts';
import { type Line, toLine } from './log-line.ts';

export interface LogFilter {
  text: string;
  stream: LogLine['stream'] | 'all';
}

export interface LogBookOptions {
  /** Calls back before the next picture is drawn: listeners hear of all that came until then at once. */
  soon(callback: () => void): void;
  /** The oldest lines leave when there are more. */
  mostLines?: number;
  mostChars?: number;
}

const MOST_LINES = 50_000;
const MOST_CHARS = 30_000_000;
/** So many more than allowed are let in before the oldest are moved out, all in one go. */
const SLACK = 1.2;

/**
 * The lines of one function's log, bounded, and those of them that are shown: what the filter lets through, up to where the reader
 * holds it. Heights are counted in rows of the screen, so that what is seen can be found without laying out the rest.
 */
export class LogBook {
  readonly #mostLines: number;
  readonly #mostChars: number;
  readonly #soon: (callback: () => void) => void;
  readonly #listeners = new Set<() => void>();
  #kept: Line[] = [];
  #shown: Line[] = [];
  /** For each shown line, the row after its last; counted from a row above the first, which is `#start`. */
  #ends: number[] = [];
  #start = 0;
  #waiting: Line[] = [];
  #waitingMatches = 0;
  #held = false;
  #filter: LogFilter = { text: '', stream: 'all' };
  #needle = '';
  #columns = Number.POSITIVE_INFINITY;
  #nextIndex = 0;
  #newest: { time: string; seq: number } = { time: '', seq: 0 };
  #last: Line | undefined;
  #chars = 0;
  #missed = 0;
  #forgotten = 0;
  #version = 0;
  #announced = false;

  constructor(options: LogBookOptions) {
    this.#mostLines = options.mostLines ?? MOST_LINES;
    this.#mostChars = options.mostChars ?? MOST_CHARS;
    this.#soon = options.soon;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Changes with all that is to be seen. */
  version = (): number => this.#version;

  get shown(): readonly Line[] {
    return this.#shown;
  }

  /** Lines there are, shown or not. */
  get count(): number {
    return this.#kept.length + this.#waiting.length;
  }

  /** Lines that came since the reader holds, and that the filter lets through. */
  get waiting(): number {
    return this.#waitingMatches;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Lines that never came, as the function wrote faster than they could be sent. */
  get missed(): number {
    return this.#missed;
  }

  /** Lines that were here, and made room for newer ones. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get rows(): number {
    return (this.#ends.at(-1) ?? this.#start) - this.#start;
  }

  /** Takes a line, unless it is one that came before: a new connection begins with lines that are known. */
  add(record: LogLine): void {
    const { time, seq } = record;
    const known = this.#newest;
    if (time < known.time || (time === known.time && seq <= known.seq)) return;
    // A daemon that started anew numbers them from 1.
    if (seq > known.seq + 1 && known.seq > 0) this.#missed += seq - known.seq - 1;
    this.#newest = { time, seq };
    const line = toLine(record, this.#nextIndex++, this.#last);
    this.#last = line;
    this.#chars += line.text.length;
    if (this.#held) {
      this.#waiting.push(line);
      if (this.#matches(line)) this.#waitingMatches++;
    } else {
      this.#keep(line);
    }
    this.#makeRoom();
    this.#announce();
  }

  /** From now on new lines wait, and nothing that is shown moves. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#announce();
  }

  /** Shows what waited. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingMatches = 0;
    for (const line of waiting) this.#keep(line);
    this.#makeRoom();
    this.#announce();
  }

  clear(): void {
    this.#kept = [];
    this.#waiting = [];
    this.#waitingMatches = this.#missed = this.#forgotten = this.#chars = 0;
    this.#last = undefined;
    this.#show([]);
    this.#announce();
  }

  filterBy(filter: LogFilter): void {
    this.#filter = filter;
    this.#needle = filter.text.toLowerCase();
    this.#waitingMatches = this.#waiting.filter((line) => this.#matches(line)).length;
    const kept = this.#kept;
    this.#kept = [];
    this.#show([]);
    for (const line of kept) this.#keep(line);
    this.#announce();
  }

  /** How many characters fit in a row; undefined where lines are not wrapped. */
  wrapAt(columns: number | undefined): void {
    const next = columns ?? Number.POSITIVE_INFINITY;
    if (next === this.#columns) return;
    this.#columns = next;
    this.#show(this.#shown);
    this.#announce();
  }

  /** The position among the shown of the line that has this row. */
  at(row: number): number {
    let low = 0;
    let high = this.#ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! - this.#start > row) high = middle;
      else low = middle + 1;
    }
    return Math.max(low, 0);
  }

  /** The first row of a shown line. */
  rowOf(position: number): number {
    return position === 0 ? 0 : (this.#ends[position - 1] ?? this.#start) - this.#start;
  }

  /** Everything there is, as text. */
  text(): string {
    return [...this.#kept, ...this.#waiting]
      .map(({ time, stream, text }) => `${time} ${stream} ${text}\n`)
      .join('');
  }

  #keep(line: Line): void {
    this.#kept.push(line);
    if (this.#needle === '' && this.#filter.stream === 'all') {
      this.#append(line);
      return;
    }
    // Who searches for a message wants its stack trace, and who searches for a frame wants the message.
    if (this.#shown.at(-1)?.entry === line.entry) {
      this.#append(line);
      return;
    }
    if (!this.#matches(line)) return;
    let first = this.#kept.length - 1;
    while (this.#kept[first - 1]?.entry === line.entry) first--;
    for (const one of this.#kept.slice(first)) this.#append(one);
  }

  #matches({ stream, text }: Line): boolean {
    if (this.#filter.stream !== 'all' && this.#filter.stream !== stream) return false;
    return this.#needle === '' || text.toLowerCase().includes(this.#needle);
  }

  #show(lines: Line[]): void {
    this.#shown = [];
    this.#ends = [];
    this.#start = 0;
    for (const line of lines) this.#append(line);
  }

  #append(line: Line): void {
    this.#shown.push(line);
    this.#ends.push((this.#ends.at(-1) ?? this.#start) + Math.max(1, Math.ceil(line.width / this.#columns)));
  }

  #makeRoom(): void {
    // Lines that are being read stay; instead those that wait make room for newer ones.
    const list = this.#held ? this.#waiting : this.#kept;
    if (list.length <= this.#mostLines * SLACK && this.#chars <= this.#mostChars * SLACK) return;
    let leave = Math.max(0, list.length - this.#mostLines);
    for (let index = 0; index < leave; index++) this.#chars -= list[index]!.text.length;
    while (this.#chars > this.#mostChars && leave < list.length) this.#chars -= list[leave++]!.text.length;
    this.#forgotten += leave;
    if (this.#held) {
      this.#waiting = list.slice(leave);
      this.#waitingMatches = this.#waiting.filter((line) => this.#matches(line)).length;
      return;
    }
    this.#kept = list.slice(leave);
    const oldest = this.#kept[0]?.index ?? Number.POSITIVE_INFINITY;
    const gone = this.#shown.findIndex(({ index }) => index >= oldest);
    const count = gone === -1 ? this.#shown.length : gone;
    this.#start = this.#ends[count - 1] ?? this.#start;
    this.#shown = this.#shown.slice(count);
    this.#ends = this.#ends.slice(count);
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#soon(() => {
      this.#announced = false;
      this.#version++;
      for (const listener of this.#listeners) listener();
    });
  }
}
