import type { Value } from './ast.ts';
import { asNumber, asText, compareValues } from './values.ts';

/** What gathers values over rows. */
export interface Accumulator {
  /** `args` as they are in a row, which is of the time `time`. */
  add(args: readonly Value[], time: number): void;
  result(): Value;
}

interface AggregateFunction {
  arity: readonly [least: number, most: number];
  start(): Accumulator;
}

/** Values of which percentiles are exact. Beyond, every n-th is kept. */
const MOST_KEPT = 200_000;

class Count implements Accumulator {
  #count = 0;

  add(args: readonly Value[]): void {
    if (args.length === 0 || args[0] !== undefined) this.#count++;
  }

  result(): number {
    return this.#count;
  }
}

class CountDistinct implements Accumulator {
  readonly #seen = new Set<string>();

  add([value]: readonly Value[]): void {
    const text = asText(value);
    if (text !== undefined) this.#seen.add(text);
  }

  result(): number {
    return this.#seen.size;
  }
}

class Sums implements Accumulator {
  readonly #finish: (sums: { count: number; sum: number; squares: number }) => Value;
  #count = 0;
  #mean = 0;
  #squares = 0;
  #sum = 0;

  constructor(finish: (sums: { count: number; sum: number; squares: number }) => Value) {
    this.#finish = finish;
  }

  add([value]: readonly Value[]): void {
    const number = asNumber(value);
    if (number === undefined) return;
    this.#count++;
    this.#sum += number;
    const delta = number - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (number - this.#mean);
  }

  result(): Value {
    if (this.#count === 0) return undefined;
    return this.#finish({ count: this.#count, sum: this.#sum, squares: this.#squares });
  }
}

class Extreme implements Accumulator {
  readonly #wanted: 1 | -1;
  readonly #compare: (a: Value, b: Value) => number | undefined;
  #best: Value;

  constructor(wanted: 1 | -1, compare: (a: Value, b: Value) => number | undefined = compareValues) {
    this.#wanted = wanted;
    this.#compare = compare;
  }

  add([value]: readonly Value[]): void {
    if (value === undefined) return;
    if (this.#best === undefined || this.#compare(value, this.#best)! * this.#wanted > 0) this.#best = value;
  }

  /** Times come out as the numbers that they are. */
  result(): Value {
    return asNumber(this.#best) ?? this.#best;
  }
}

class Percentile implements Accumulator {
  #values: number[] = [];
  #percent = 50;
  #step = 1;
  #seen = 0;

  add([value, percent]: readonly Value[]): void {
    const number = asNumber(value);
    this.#percent = asNumber(percent) ?? this.#percent;
    if (number === undefined || this.#seen++ % this.#step !== 0) return;
    this.#values.push(number);
    if (this.#values.length < MOST_KEPT) return;
    this.#values = this.#values.filter((_, index) => index % 2 === 0);
    this.#step *= 2;
  }

  result(): Value {
    if (this.#values.length === 0) return undefined;
    const sorted = Float64Array.from(this.#values).sort();
    const place = (Math.min(100, Math.max(0, this.#percent)) / 100) * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    const above = sorted[Math.ceil(place)]!;
    return below + (above - below) * (place - Math.floor(place));
  }
}

/** The value of the earliest or the latest event. */
class ByTime implements Accumulator {
  readonly #wanted: 1 | -1;
  #time: number | undefined;
  #value: Value;

  constructor(wanted: 1 | -1) {
    this.#wanted = wanted;
  }

  add([value]: readonly Value[], time: number): void {
    if (value === undefined) return;
    if (this.#time !== undefined && (time - this.#time) * this.#wanted <= 0) return;
    this.#time = time;
    this.#value = value;
  }

  result(): Value {
    return this.#value;
  }
}

function byText(a: Value, b: Value): number {
  const [s, t] = [asText(a)!, asText(b)!];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html */
export const AGGREGATES: Readonly<Record<string, AggregateFunction>> = {
  count: { arity: [0, 1], start: () => new Count() },
  count_distinct: { arity: [1, 1], start: () => new CountDistinct() },
  sum: { arity: [1, 1], start: () => new Sums(({ sum }) => sum) },
  avg: { arity: [1, 1], start: () => new Sums(({ sum, count }) => sum / count) },
  stddev: { arity: [1, 1], start: () => new Sums(({ squares, count }) => Math.sqrt(squares / count)) },
  min: { arity: [1, 1], start: () => new Extreme(-1) },
  max: { arity: [1, 1], start: () => new Extreme(1) },
  sortsfirst: { arity: [1, 1], start: () => new Extreme(-1, byText) },
  sortslast: { arity: [1, 1], start: () => new Extreme(1, byText) },
  pct: { arity: [2, 2], start: () => new Percentile() },
  percentile: { arity: [2, 2], start: () => new Percentile() },
  median: { arity: [1, 1], start: () => new Percentile() },
  earliest: { arity: [1, 1], start: () => new ByTime(-1) },
  latest: { arity: [1, 1], start: () => new ByTime(1) },
};
