import type { Value } from './ast.ts';

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** A value as a number, also where it is a text that reads as one. */
export function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Moment) return value.time;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

export function asText(value: Value): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value);
  if (value instanceof Moment) return formatTime(value.time);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Numbers that were computed have four decimals at most. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? value.toString() : String(value);
  return String(Number(value.toFixed(4)));
}

/** As numbers where both are, otherwise as texts. Undefined where one is not there. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [asText(a)!, asText(b)!];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** `2026-01-31 23:59:59.999`, how times are shown. */
export function formatTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().replace('T', ' ').slice(0, -1);
}

/** A moment: shown as a date and a time, reckoned with as milliseconds. */
export class Moment {
  readonly time: number;

  constructor(time: number) {
    this.time = time;
  }
}
