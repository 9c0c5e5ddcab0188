import { TransformerProblem } from './event.ts';

/** A piece of a pattern of Java's DateTimeFormatter: a letter so many times, or a text as it is. */
type Piece = { letter: string; count: number } | { text: string };

/** What is known of a time: its wall clock and, where the text tells it, its zone. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  zone?: string | undefined;
}

const LETTERS = 'yuMLdEHhkKmsSaXxZzVO';

/** A pattern for dates, for one language. https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html */
export class DateTimeFormat {
  readonly #pieces: readonly Piece[];
  readonly #names: Names;
  readonly #regex: RegExp;

  /** @throws TransformerProblem */
  constructor(pattern: string, locale: string) {
    this.#pieces = piecesOf(pattern);
    this.#names = new Names(locale);
    const parts = this.#pieces.map((piece) => ('text' in piece ? quote(piece.text) : this.#partFor(piece)));
    this.#regex = new RegExp(`^${parts.join('')}$`, 'u');
  }

  /** Undefined for a text that isn't in this format, or tells of no date. */
  parse(text: string): WallTime | undefined {
    const found = this.#regex.exec(text);
    if (!found) return undefined;
    const time: WallTime = {
      year: Number.NaN,
      month: 1,
      day: 1,
      hour: 0,
      minute: 0,
      second: 0,
      millisecond: 0,
    };
    let afternoon: boolean | undefined;
    let at = 1;
    for (const piece of this.#pieces) {
      if ('text' in piece) continue;
      const value = found[at++]!;
      if (piece.letter === 'a') afternoon = value === this.#names.halves[1];
      else this.#take(time, piece, value);
    }
    if (afternoon !== undefined) time.hour = (time.hour % 12) + (afternoon ? 12 : 0);
    const { year, month, day } = time;
    const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
    return exists && month <= 12 && time.hour < 24 && time.minute < 60 && time.second < 60 ? time : undefined;
  }

  /** `offset` in minutes, of the zone called `zone`. */
  format(time: WallTime, zone: string, offset: number, instant: number): string {
    return this.#pieces
      .map((piece) => ('text' in piece ? piece.text : this.#write(piece, time, { zone, offset, instant })))
      .join('');
  }

  #partFor({ letter, count }: { letter: string; count: number }): string {
    switch (letter) {
      case 'y':
      case 'u':
        return count === 1 ? '(\\d{1,9})' : `(\\d{${count}})`;
      case 'M':
      case 'L':
        if (count > 2) return oneOf(this.#names.months(count));
        return count === 1 ? '(\\d{1,2})' : '(\\d{2})';
      case 'E':
        return oneOf(this.#names.days(count));
      case 'a':
        return oneOf(this.#names.halves);
      case 'S':
        return `(\\d{${count}})`;
      case 'X':
        return '(Z|[+-]\\d{2}(?::?\\d{2})?)';
      case 'x':
      case 'Z':
        return '((?:GMT)?[+-]\\d{2}(?::?\\d{2})?|Z)';
      case 'z':
      case 'V':
      case 'O':
        return '([\\w/+:-]+)';
      default:
        return count === 1 ? '(\\d{1,2})' : `(\\d{${count}})`;
    }
  }

  #take(time: WallTime, { letter, count }: { letter: string; count: number }, value: string): void {
    const number = Number(value);
    if (letter === 'y' || letter === 'u') time.year = count === 2 ? 2000 + number : number;
    else if (letter === 'M' || letter === 'L') {
      time.month = count > 2 ? this.#names.months(count).indexOf(value) + 1 : number;
    } else if (letter === 'd') time.day = number;
    else if (letter === 'H') time.hour = number;
    else if (letter === 'K') time.hour = number;
    else if (letter === 'h') time.hour = number % 12;
    else if (letter === 'k') time.hour = number % 24;
    else if (letter === 'm') time.minute = number;
    else if (letter === 's') time.second = number;
    else if (letter === 'S') time.millisecond = Math.floor(Number(`0.${value}`) * 1000);
    else if (letter !== 'E') time.zone = value;
  }

  #write(
    { letter, count }: { letter: string; count: number },
    time: WallTime,
    { zone, offset, instant }: { zone: string; offset: number; instant: number },
  ): string {
    const padded = (number: number) => String(number).padStart(count, '0');
    switch (letter) {
      case 'y':
      case 'u':
        return count === 2 ? String(time.year % 100).padStart(2, '0') : padded(time.year);
      case 'M':
      case 'L':
        return count > 2 ? this.#names.months(count)[time.month - 1]! : padded(time.month);
      case 'd':
        return padded(time.day);
      case 'E':
        return this.#names.days(count)[new Date(Date.UTC(time.year, time.month - 1, time.day)).getUTCDay()]!;
      case 'H':
        return padded(time.hour);
      case 'K':
        return padded(time.hour % 12);
      case 'h':
        return padded(time.hour % 12 || 12);
      case 'k':
        return padded(time.hour || 24);
      case 'm':
        return padded(time.minute);
      case 's':
        return padded(time.second);
      case 'S':
        return String(time.millisecond).padStart(3, '0').padEnd(count, '0').slice(0, count);
      case 'a':
        return this.#names.halves[time.hour < 12 ? 0 : 1]!;
      case 'z':
        return this.#names.zone(zone, instant, count);
      case 'V':
        return zone;
      default:
        return writtenOffset(offset, letter, count);
    }
  }
}

function writtenOffset(offset: number, letter: string, count: number): string {
  if (offset === 0 && (letter === 'X' || (letter === 'Z' && count === 5))) return 'Z';
  const minutes = Math.abs(offset);
  const hh = String(Math.floor(minutes / 60)).padStart(2, '0');
  const mm = String(minutes % 60).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  if (letter === 'O' || (letter === 'Z' && count === 4)) return `GMT${sign}${hh}:${mm}`;
  if (letter === 'Z') return count === 5 ? `${sign}${hh}:${mm}` : `${sign}${hh}${mm}`;
  if (count === 1) return `${sign}${hh}${mm === '00' ? '' : mm}`;
  return count === 3 || count === 5 ? `${sign}${hh}:${mm}` : `${sign}${hh}${mm}`;
}

/** A quotation that doesn't end takes the rest: AWS's own default is such a pattern. */
function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [whole, quoted, letters, letter] of pattern.matchAll(
    /'((?:[^']|'')*)(?:'|$)|(([A-Za-z])\3*)|./gsu,
  )) {
    if (quoted !== undefined) pieces.push({ text: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else if (letters === undefined) pieces.push({ text: whole });
    else if (LETTERS.includes(letter!)) pieces.push({ letter: letter!, count: letters.length });
    else throw new TransformerProblem(`Invalid date pattern ${pattern}: Unknown pattern letter: ${letter}`);
  }
  return pieces;
}

function quote(text: string): string {
  return text.replaceAll(/[^\w\s]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

function oneOf(names: readonly string[]): string {
  return `(${[...names]
    .sort((a, b) => b.length - a.length)
    .map(quote)
    .join('|')})`;
}

const DAY = 86_400_000;
/** A Sunday. */
const SUNDAY = Date.UTC(2023, 0, 1);

/** How a language calls months, days and zones. */
class Names {
  readonly #locale: string;
  readonly halves: readonly string[];

  constructor(locale: string) {
    this.#locale = localeOf(locale);
    this.halves = [1, 13].map((hour) =>
      this.#part(SUNDAY + hour * 3_600_000, { hour: 'numeric', hour12: true }, 'dayPeriod'),
    );
  }

  months(count: number): string[] {
    const month = count === 3 ? 'short' : 'long';
    return Array.from({ length: 12 }, (_, index) =>
      this.#part(Date.UTC(2023, index, 1), { month, day: 'numeric' }, 'month'),
    );
  }

  /** From Sunday on. */
  days(count: number): string[] {
    const weekday = count === 4 ? 'long' : 'short';
    return Array.from({ length: 7 }, (_, index) => this.#part(SUNDAY + index * DAY, { weekday }, 'weekday'));
  }

  zone(timeZone: string, instant: number, count: number): string {
    const timeZoneName = count === 4 ? 'long' : 'short';
    if (/^[+-]/.test(timeZone)) return timeZone;
    return this.#part(instant, { timeZone, timeZoneName }, 'timeZoneName');
  }

  #part(instant: number, options: Intl.DateTimeFormatOptions, type: string): string {
    const parts = new Intl.DateTimeFormat(this.#locale, { timeZone: 'UTC', ...options }).formatToParts(
      instant,
    );
    return parts.find((part) => part.type === type)?.value ?? '';
  }
}

function localeOf(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    throw new TransformerProblem(`Invalid locale: ${locale}`);
  }
}
