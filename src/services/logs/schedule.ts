/** When something is to be done, as EventBridge writes it: `cron(0 8 ? * MON-FRI *)` or `rate(5 minutes)`. */
export interface Schedule {
  /** Whether a minute is one of them. `minute` is the number of minutes since 1970. */
  includes(minute: number): boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** Undefined for what is none; `L`, `W` and `#` are not known. @throws RangeError for a time zone that is none */
export function readSchedule(expression: string, timezone = 'UTC'): Schedule | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const period = Number(rate[1]) * UNITS[rate[2]!]!;
    return { includes: (minute) => minute % period === 0 };
  }
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [minutes, hours, dates, months, days, years] = [
    fieldOf(fields[0]!, 0, 59),
    fieldOf(fields[1]!, 0, 23),
    fieldOf(fields[2]!, 1, 31),
    fieldOf(fields[3]!, 1, 12, MONTHS, 1),
    fieldOf(fields[4]!, 1, 7, DAYS, 1),
    fieldOf(fields[5]!, 1970, 2199),
  ];
  if (!minutes || !hours || !dates || !months || !days || !years) return undefined;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  return {
    includes: (minute) => {
      const found = Object.fromEntries(
        parts.formatToParts(minute * 60_000).map(({ type, value }) => [type, value]),
      );
      const day = DAYS.indexOf(found.weekday!.toUpperCase()) + 1;
      return (
        minutes.has(Number(found.minute)) &&
        hours.has(Number(found.hour)) &&
        dates.has(Number(found.day)) &&
        months.has(Number(found.month)) &&
        days.has(day) &&
        years.has(Number(found.year))
      );
    },
  };
}

function fieldOf(
  text: string,
  least: number,
  most: number,
  names: readonly string[] = [],
  first = 0,
): Set<number> | undefined {
  const values = new Set<number>();
  const numberOf = (word: string) => {
    const index = names.indexOf(word.toUpperCase());
    if (index >= 0) return index + first;
    return /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  for (const part of text.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    const [from = '', to] = range.split('-');
    const open = range === '*' || range === '?';
    const start = open ? least : numberOf(from);
    const end = open ? most : to === undefined ? (part.includes('/') ? most : start) : numberOf(to);
    if (!(start >= least && end <= most && start <= end)) return undefined;
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}
