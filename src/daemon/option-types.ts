import type { Milliseconds } from '../clock/clock.ts';

/** A size in bytes. */
export type Bytes = number;

/**
 * Turns what a flag, a variable or the configuration file says into a value. Flags and variables are strings, the
 * file and tests give typed values. Throws `Expected` when it can't.
 */
export type Parser<T> = (raw: unknown) => T;

/** The value is not what the option takes; `message` goes on after "expected". */
export class Expected extends Error {
  override readonly name = 'Expected';
}

/** `got "abc"`: how a bad value is quoted back. */
export function quote(raw: unknown): string {
  const text = typeof raw === 'string' ? JSON.stringify(raw) : (JSON.stringify(raw) ?? String(raw));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A number from `min` to `max`, or its digits. */
export function wholeNumber(min: number, max: number): Parser<number> {
  return (raw) => {
    const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw.trim()) ? Number(raw) : raw;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new Expected(`a whole number ${min}–${max}`);
  };
}

/** As `wholeNumber`, with a fraction. */
export function decimal(min: number, max: number): Parser<number> {
  return (raw) => {
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
    throw new Expected(`a number ${min}–${max}`);
  };
}

export const yesOrNo: Parser<boolean> = (raw) => {
  if (typeof raw === 'boolean') return raw;
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : undefined;
  if (word === 'true' || word === '1' || word === 'yes' || word === 'on') return true;
  if (word === 'false' || word === '0' || word === 'no' || word === 'off') return false;
  throw new Expected('true or false');
};

/** One of a few words. */
export function oneOf<const T extends string>(...choices: T[]): Parser<T> {
  return (raw) => {
    const match = choices.find((choice) => choice === raw);
    if (match !== undefined) return match;
    throw new Expected(choices.length === 1 ? choices[0]! : `one of ${choices.join(', ')}`);
  };
}

/** Text that matches `pattern`; `description` completes "expected …". */
export function text(pattern: RegExp, description: string): Parser<string> {
  return (raw) => {
    if (typeof raw === 'string' && pattern.test(raw)) return raw;
    throw new Expected(description);
  };
}

/** `a,b` in flags and variables, an array in the file. */
export function listOf<T>(parse: Parser<T>): Parser<T[]> {
  return (raw) => {
    if (Array.isArray(raw)) return raw.map((item) => parse(item));
    if (typeof raw !== 'string') throw new Expected('a list');
    return raw
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => parse(item));
  };
}

const TIME_UNITS: Record<string, Milliseconds> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };
const SIZE_UNITS: Record<string, Bytes> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** `500ms`, `30s`, `15m`, `1h`; a plain number is milliseconds. `zero` says what 0 means, where it is allowed. */
export function time(min: Milliseconds, max: Milliseconds, zero?: string): Parser<Milliseconds> {
  const range = `${formatTime(min)}–${formatTime(max)}${zero ? `, or 0 ${zero}` : ''}`;
  return withUnit(TIME_UNITS, 'ms', min, max, zero !== undefined, `a time such as 30s or 500ms (${range})`);
}

/** `512kb`, `20mb`, `1gb`; a plain number is bytes. */
export function size(min: Bytes, max: Bytes, zero?: string): Parser<Bytes> {
  const range = `${formatSize(min)}–${formatSize(max)}${zero ? `, or 0 ${zero}` : ''}`;
  return withUnit(SIZE_UNITS, 'b', min, max, zero !== undefined, `a size such as 20mb (${range})`);
}

function withUnit(
  units: Record<string, number>,
  plain: string,
  min: number,
  max: number,
  zeroAllowed: boolean,
  expected: string,
): Parser<number> {
  return (raw) => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(
      typeof raw === 'number' ? String(raw) : asText(raw),
    );
    const factor = units[match?.[2]?.toLowerCase() || plain];
    const value = match && factor ? Math.round(Number(match[1]) * factor) : Number.NaN;
    if ((value >= min && value <= max) || (zeroAllowed && value === 0)) return value;
    throw new Expected(expected);
  };
}

function asText(raw: unknown): string {
  return typeof raw === 'string' ? raw : '';
}

/** The shortest exact form: `1500` is `1500ms`, `900000` is `15m`. */
export function formatTime(value: Milliseconds): string {
  return inUnits(value, [
    ['h', TIME_UNITS.h!],
    ['m', TIME_UNITS.m!],
    ['s', TIME_UNITS.s!],
    ['ms', 1],
  ]);
}

/** The shortest exact form: `20971520` is `20mb`. */
export function formatSize(value: Bytes): string {
  return inUnits(value, [
    ['gb', SIZE_UNITS.gb!],
    ['mb', SIZE_UNITS.mb!],
    ['kb', SIZE_UNITS.kb!],
    ['b', 1],
  ]);
}

function inUnits(value: number, units: [string, number][]): string {
  const [name, factor] = units.find(([, factor]) => value !== 0 && value % factor === 0) ?? units.at(-1)!;
  return `${value / factor}${name}`;
}
