import { describe, expect, it } from 'vitest';
import { minutesOf, seriesOf, summaryOf } from '../../../src/console/app/pages/info/traffic/series.ts';

const end = '2026-01-01T00:10:00.000Z';
const zeros = () => new Array<number>(60).fill(0);

function traffic(
  parts: { at: number; requests: number; errors?: number; totalMs: number; slowestMs: number }[],
) {
  const made = {
    periodMs: 10_000,
    end,
    requests: zeros(),
    errors: zeros(),
    totalMs: zeros(),
    slowestMs: zeros(),
  };
  for (const { at, requests, errors = 0, totalMs, slowestMs } of parts) {
    made.requests[at] = requests;
    made.errors[at] = errors;
    made.totalMs[at] = totalMs;
    made.slowestMs[at] = slowestMs;
  }
  return made;
}

describe('traffic for charts', () => {
  it('is a rate, of the newest part as far as it has come', () => {
    const now = Date.parse(end) - 6_000;
    const series = seriesOf(
      traffic([
        { at: 58, requests: 100, errors: 10, totalMs: 200, slowestMs: 30 },
        { at: 59, requests: 100, totalMs: 100, slowestMs: 5 },
      ]),
      now,
    );
    expect(series.perSecond.slice(-2)).toEqual([10, 25]);
    expect(series.failedPerSecond.at(-2)).toBe(1);
    expect(series.meanMs.slice(-3)).toEqual([null, 2, 1]);
    expect(series.times.at(-1)! - series.times[0]!).toBe(590);
  });

  it('sums up, also minute by minute, and says nothing of times without requests', () => {
    const some = traffic([
      { at: 0, requests: 2, totalMs: 10, slowestMs: 9 },
      { at: 55, requests: 6, errors: 3, totalMs: 60, slowestMs: 50 },
    ]);
    expect(summaryOf(some)).toEqual({ requests: 8, failed: 3, meanMs: 8.75, slowestMs: 50 });
    const minutes = minutesOf(some);
    expect(minutes).toHaveLength(10);
    expect(minutes[0]).toEqual({ end: Date.parse(end), requests: 6, failed: 3, meanMs: 10, slowestMs: 50 });
    expect(minutes[1]).toMatchObject({ requests: 0, meanMs: undefined });
    expect(minutes[9]).toMatchObject({ requests: 2, slowestMs: 9 });
  });
});
