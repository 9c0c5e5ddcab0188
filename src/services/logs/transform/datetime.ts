import type { DateTimeConverter } from '@aws-sdk/client-cloudwatch-logs';
import { DateTimeFormat, type WallTime } from './datetime-format.ts';
import { type ProcessorStep, pathOf, setAt, TransformerProblem, valueAt } from './event.ts';

const USUAL_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z";
const MINUTE = 60_000;

export function dateTimeConverter(config: DateTimeConverter): ProcessorStep {
  const { locale = 'en', targetFormat = USUAL_FORMAT } = config;
  const from = pathOf(config.source!);
  const to = pathOf(config.target!);
  const sourceZone = new Zone(config.sourceTimezone ?? 'UTC');
  const targetZone = new Zone(config.targetTimezone ?? 'UTC');
  const sources = config.matchPatterns!.map((pattern) => new DateTimeFormat(pattern, locale));
  const target = new DateTimeFormat(targetFormat, locale);
  return (event) => {
    const text = valueAt(event, from);
    if (typeof text !== 'string') return;
    for (const source of sources) {
      const time = source.parse(text);
      const zone = time?.zone === undefined ? sourceZone : zoneIn(time.zone);
      if (!time || !zone) continue;
      const instant = zone.instantOf(time);
      const offset = targetZone.offsetAt(instant);
      setAt(event, to, target.format(wallTimeAt(instant, offset), targetZone.name, offset, instant));
      return;
    }
  };
}

/** A zone that the text itself names; undefined for what is none. */
function zoneIn(text: string): Zone | undefined {
  try {
    return new Zone(text);
  } catch (error) {
    if (error instanceof TransformerProblem) return undefined;
    throw error;
  }
}

function wallTimeAt(instant: number, offset: number): WallTime {
  const date = new Date(instant + offset * MINUTE);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

const FIXED = /^(?:(?:UTC|GMT|UT)(?=.)|)([+-])(\d{1,2})(?::?(\d{2}))?$/;

/** `Europe/Berlin`, `+05:30`, `UTC+2` or `Z`. */
class Zone {
  readonly name: string;
  readonly #fixed: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;

  /** @throws TransformerProblem */
  constructor(name: string) {
    const fixed = FIXED.exec(name);
    this.name = name === 'Z' ? 'UTC' : name;
    if (fixed) {
      const [, sign, hours, minutes = '0'] = fixed;
      this.#fixed = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
      return;
    }
    try {
      this.#format = new Intl.DateTimeFormat('en', { timeZone: this.name, timeZoneName: 'longOffset' });
    } catch {
      throw new TransformerProblem(`Invalid time zone: ${name}`);
    }
  }

  /** Minutes east of Greenwich. */
  offsetAt(instant: number): number {
    if (!this.#format) return this.#fixed!;
    const written = this.#format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')!.value;
    const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(written) ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }

  instantOf({ year, month, day, hour, minute, second, millisecond }: WallTime): number {
    const wall = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
    const first = wall - this.offsetAt(wall) * MINUTE;
    return wall - this.offsetAt(first) * MINUTE;
  }
}
