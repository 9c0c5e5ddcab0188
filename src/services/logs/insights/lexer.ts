import type { PeriodUnit } from './ast.ts';

export type Token =
  | { kind: 'name'; text: string; quoted: boolean }
  | { kind: 'number'; text: string }
  | { kind: 'period'; amount: number; unit: PeriodUnit }
  | { kind: 'string'; text: string }
  | { kind: 'sign'; text: string }
  | { kind: 'end' };

export type Placed = Token & { start: number; end: number };

/** A query that can't be read, in AWS's words, and where. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

const SKIPPED = /(?:\s|#[^\n]*)*/y;
const NAME = /[A-Za-z_@][\w@]*(?:\.[\w@]+)*/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PERIOD = /(\d+)\s*([A-Za-z]+)/y;
const SIGN = /!=|<=|>=|=~|[|,()[\]=<>+\-*/%^]/y;

const UNITS: Readonly<Record<string, PeriodUnit>> = {
  ms: 'ms',
  msec: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  s: 's',
  sec: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
  mo: 'mo',
  mon: 'mo',
  month: 'mo',
  months: 'mo',
  q: 'q',
  qtr: 'q',
  quarter: 'q',
  quarters: 'q',
  y: 'y',
  yr: 'y',
  year: 'y',
  years: 'y',
};

/** Takes a query apart. Read on demand, since only its reader knows whether `/` begins a regular expression. */
export class Lexer {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): Placed {
    this.#match(SKIPPED);
    const start = this.#at;
    const token = this.#token();
    return { ...token, start, end: this.#at };
  }

  /** What comes next, without going on. */
  peek(): Placed {
    const at = this.#at;
    const token = this.next();
    this.#at = at;
    return token;
  }

  /** `/…/` where one is next, as it stands between the slashes. */
  regex(): { source: string; start: number; end: number } | undefined {
    const at = this.#at;
    this.#match(SKIPPED);
    const start = this.#at;
    if (this.text[start] !== '/') {
      this.#at = at;
      return undefined;
    }
    for (let index = start + 1; index < this.text.length; index++) {
      if (this.text[index] === '\\') index++;
      else if (this.text[index] === '/') {
        this.#at = index + 1;
        return { source: this.text.slice(start + 1, index), start, end: this.#at };
      }
    }
    throw this.unexpected({ start, end: this.text.length });
  }

  unexpected({ start, end }: { start: number; end: number }): QueryError {
    const before = this.text.slice(0, start);
    const line = before.split('\n').length;
    const position = start - before.lastIndexOf('\n');
    const found = this.text.slice(start, end);
    const what = found === '' ? 'unexpected end of query' : `unexpected symbol found ${found}`;
    return new QueryError(`${what} at line ${line} and position ${position}`, start, end);
  }

  #token(): Token {
    const first = this.text[this.#at];
    if (first === undefined) return { kind: 'end' };
    if (first === '"' || first === "'") return { kind: 'string', text: this.#quoted(first) };
    if (first === '`') return { kind: 'name', text: this.#quoted('`'), quoted: true };
    const name = this.#match(NAME);
    if (name !== undefined) return { kind: 'name', text: name, quoted: false };
    return this.#numeric() ?? this.#sign();
  }

  #numeric(): Token | undefined {
    const at = this.#at;
    const period = this.#match(PERIOD);
    if (period !== undefined) {
      const [, amount, word] = /^(\d+)\s*(\w+)$/.exec(period)!;
      const unit = UNITS[word!];
      if (unit) return { kind: 'period', amount: Number(amount), unit };
      this.#at = at;
    }
    const text = this.#match(NUMBER);
    return text === undefined ? undefined : { kind: 'number', text };
  }

  #sign(): Token {
    const text = this.#match(SIGN);
    if (text === undefined) throw this.unexpected({ start: this.#at, end: this.#at + 1 });
    return { kind: 'sign', text };
  }

  #quoted(quote: string): string {
    const start = this.#at;
    let text = '';
    for (let index = start + 1; index < this.text.length; index++) {
      const char = this.text[index]!;
      if (char === quote) {
        this.#at = index + 1;
        return text;
      }
      if (char === '\\' && index + 1 < this.text.length) text += unescaped(this.text[++index]!);
      else text += char;
    }
    throw this.unexpected({ start, end: this.text.length });
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }
}

function unescaped(char: string): string {
  if (char === 'n') return '\n';
  if (char === 't') return '\t';
  if (char === 'r') return '\r';
  return char === '"' || char === "'" || char === '`' || char === '\\' ? char : `\\${char}`;
}
