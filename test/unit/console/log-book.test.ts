import { describe, expect, it } from 'vitest';
import { LogBook } from '../../../src/console/app/pages/info/logs/log-book.ts';

const at = (seq: number) => new Date(1_700_000_000_000 + seq).toISOString();
const line = (seq: number, text: string, stream: 'stdout' | 'stderr' = 'stdout', time = at(seq)) => ({
  seq,
  time,
  stream,
  text,
});
const book = (options = {}) => new LogBook({ soon: (callback) => callback(), ...options });
const texts = (one: LogBook) => one.shown.map(({ text }) => text);

describe('the book of a log', () => {
  it('takes each line once, also when a new connection begins with old ones', () => {
    const log = book();
    for (const seq of [1, 2, 3, 2, 3, 4]) log.add(line(seq, `line ${seq}`));
    expect(texts(log)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
  });

  it('goes on when the daemon has started anew and numbers lines from 1', () => {
    const log = book();
    log.add(line(7, 'before'));
    log.add(line(1, 'after', 'stdout', at(1_000)));
    expect(texts(log)).toEqual(['before', 'after']);
    expect(log.missed).toBe(0);
  });

  it('counts lines that were left out on the way', () => {
    const log = book();
    log.add(line(10, 'first seen'));
    log.add(line(11, 'next'));
    log.add(line(15, 'after a gap'));
    expect(log.missed).toBe(3);
  });

  it('lets the oldest go when there are too many, and keeps heights right', () => {
    const log = book({ mostLines: 10 });
    log.wrapAt(10);
    for (let seq = 1; seq <= 100; seq++) log.add(line(seq, 'x'.repeat(seq % 2 ? 10 : 20)));
    expect(log.count).toBeLessThanOrEqual(12);
    expect(log.count + log.forgotten).toBe(100);
    expect(log.rows).toBe(log.shown.reduce((sum, { width }) => sum + width / 10, 0));
    expect(log.rowOf(0)).toBe(0);
    expect(log.at(0)).toBe(0);
    expect(log.at(log.rows - 1)).toBe(log.shown.length - 1);
  });

  it('keeps what is read in place while held: new lines wait and are counted', () => {
    const log = book({ mostLines: 5 });
    for (let seq = 1; seq <= 5; seq++) log.add(line(seq, `line ${seq}`));
    log.hold();
    for (let seq = 6; seq <= 60; seq++) log.add(line(seq, `line ${seq}`));
    expect(texts(log)[0]).toBe('line 1');
    expect(log.waiting).toBeLessThanOrEqual(6);
    log.release();
    expect(texts(log).at(-1)).toBe('line 60');
    expect(log.waiting).toBe(0);
    expect(log.count + log.forgotten).toBe(60);
  });

  it('counts only lines that the filter lets through as waiting', () => {
    const log = book();
    log.filterBy({ text: 'ERROR', stream: 'all' });
    log.hold();
    log.add(line(1, 'all is well'));
    log.add(line(2, 'an error'));
    expect(log.waiting).toBe(1);
  });

  it('finds an error by a frame of its stack trace, and shows the whole of it', () => {
    const log = book();
    log.add(line(1, 'fine'));
    const trace = ['TypeError: x', '    at price (handler.mjs:3:5)', '    at main (handler.mjs:9:1)'];
    for (const [index, text] of trace.entries()) log.add(line(index + 2, text, 'stderr'));
    log.add(line(5, 'fine again'));
    log.filterBy({ text: 'price', stream: 'all' });
    expect(texts(log)).toEqual(trace);
    log.filterBy({ text: '', stream: 'stdout' });
    expect(texts(log)).toEqual(['fine', 'fine again']);
  });

  it('shows no codes of terminals, and gives wide characters the room they take', () => {
    const log = book();
    log.add(line(1, '\u001b[31mred\u001b[0m \u0007'));
    log.add(line(2, '日本'));
    expect(texts(log)[0]).toBe('red ·');
    expect(log.shown[1]!.width).toBe(4);
  });

  it('forgets all of it when cleared, but not what came last', () => {
    const log = book();
    log.add(line(1, 'old'));
    log.clear();
    log.add(line(1, 'old'));
    log.add(line(2, 'new'));
    expect(texts(log)).toEqual(['new']);
    expect(log.rows).toBe(1);
  });
});
