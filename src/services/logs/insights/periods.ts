import { type PeriodUnit, UNIT_LENGTH } from './ast.ts';

/** The beginning of the period that a time lies in, counted from 1970. Months and longer are those of the calendar, in UTC. */
export function floorTime(time: number, amount: number, unit: PeriodUnit): number {
  const length = UNIT_LENGTH[unit];
  if (length !== undefined) return Math.floor(time / (amount * length)) * amount * length;
  const date = new Date(time);
  const months = amount * (unit === 'mo' ? 1 : unit === 'q' ? 3 : 12);
  const since = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return Date.UTC(1970, Math.floor(since / months) * months, 1);
}

/** The end of the period that a time lies in; the time itself where a period begins. */
export function ceilTime(time: number, amount: number, unit: PeriodUnit): number {
  const floor = floorTime(time, amount, unit);
  if (floor === time) return time;
  const length = UNIT_LENGTH[unit];
  if (length !== undefined) return floor + amount * length;
  const date = new Date(floor);
  const months = amount * (unit === 'mo' ? 1 : unit === 'q' ? 3 : 12);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}
