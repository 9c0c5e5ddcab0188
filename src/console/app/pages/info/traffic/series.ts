import type { DetailedTraffic } from '../../../api/types.ts';

/** The traffic as charts take it: one value for each part, null where there is none. */
export interface Series {
  /** Where each part ends, in seconds since 1970. */
  times: number[];
  perSecond: number[];
  failedPerSecond: number[];
  meanMs: (number | null)[];
  slowestMs: (number | null)[];
}

export interface Summary {
  requests: number;
  failed: number;
  /** Undefined without requests. */
  meanMs: number | undefined;
  slowestMs: number | undefined;
}

export interface Minute extends Summary {
  /** When it ended, in milliseconds since 1970. */
  end: number;
}

/** The newest part is not over; what is left of it is not counted, from a second on. */
export function seriesOf(traffic: DetailedTraffic, now: number): Series {
  const { periodMs, requests, errors, totalMs, slowestMs } = traffic;
  const end = Date.parse(traffic.end);
  const newest = requests.length - 1;
  const lengthOf = (index: number) =>
    index < newest ? periodMs : Math.min(periodMs, Math.max(1_000, periodMs - (end - now)));
  const rate = (count: number, index: number) => count / (lengthOf(index) / 1_000);
  return {
    times: requests.map((_, index) => (end - (newest - index) * periodMs) / 1_000),
    perSecond: requests.map(rate),
    failedPerSecond: errors.map(rate),
    meanMs: requests.map((count, index) => (count === 0 ? null : totalMs[index]! / count)),
    slowestMs: requests.map((count, index) => (count === 0 ? null : slowestMs[index]!)),
  };
}

export function summaryOf(traffic: DetailedTraffic, from = 0, to = traffic.requests.length): Summary {
  const sum = (values: readonly number[]) =>
    values.slice(from, to).reduce((total, value) => total + value, 0);
  const requests = sum(traffic.requests);
  return {
    requests,
    failed: sum(traffic.errors),
    meanMs: requests === 0 ? undefined : sum(traffic.totalMs) / requests,
    slowestMs: requests === 0 ? undefined : Math.max(...traffic.slowestMs.slice(from, to)),
  };
}

/** The same minute by minute, the newest first. */
export function minutesOf(traffic: DetailedTraffic): Minute[] {
  const parts = Math.round(60_000 / traffic.periodMs);
  const count = Math.floor(traffic.requests.length / parts);
  const end = Date.parse(traffic.end);
  return Array.from({ length: count }, (_, minute) => {
    const to = traffic.requests.length - minute * parts;
    return { end: end - minute * 60_000, ...summaryOf(traffic, to - parts, to) };
  });
}
