import { describe, expect, it } from 'vitest';
import { inWords, isProblem, kindOf, searchable } from '../../../src/console/app/pages/activity/kinds.ts';
import { Timeline } from '../../../src/console/app/pages/activity/timeline.ts';
import type { JournalEntry, JournalEvent } from '../../../src/journal/journal.ts';

const ID = '65f1d7c2a1b2c3d4e5f60718';

/** Entries one after the other, `gap` milliseconds apart. */
function recorder(gap = 10) {
  let seq = 0;
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  return {
    entry(event: JournalEvent): JournalEntry {
      now += gap;
      return { ...event, seq: ++seq, time: new Date(now).toISOString() };
    },
    request(path = '/', status = 200, id = ID): JournalEntry {
      return this.entry({ type: 'invocation', id, method: 'GET', path, status, durationMs: 2 });
    },
    wait(ms: number) {
      now += ms;
    },
  };
}

const timeline = (options = {}) => new Timeline({ soon: (callback) => callback(), ...options });
const shape = (one: Timeline) =>
  one
    .rows()
    .map((row) =>
      row.kind === 'burst' ? row.burst.count : row.kind === 'request' ? row.entry.path : row.entry.type,
    );

describe('the timeline of the activity', () => {
  it('tells the newest first', () => {
    const line = timeline();
    const make = recorder();
    line.add(make.request('/a'));
    line.add(make.entry({ type: 'notice', message: 'hm' }));
    line.add(make.request('/b'));
    expect(shape(line)).toEqual(['/b', 'notice', '/a']);
  });

  it('tells five requests of a second one by one, and those that follow together', () => {
    const line = timeline();
    const make = recorder();
    for (let index = 0; index < 300; index++) line.add(make.request(`/${index}`));
    expect(shape(line)).toEqual([295, '/4', '/3', '/2', '/1', '/0']);
    const [row] = line.rows();
    expect(row?.kind === 'burst' && row.burst.newest.map(({ path }) => path).slice(0, 2)).toEqual([
      '/299',
      '/298',
    ]);
    make.wait(2_000);
    line.add(make.request('/alone'));
    expect(shape(line)[0]).toBe('/alone');
  });

  it('keeps what failed apart from what went well, and one function from the other', () => {
    const line = timeline();
    const make = recorder(1);
    for (let index = 0; index < 20; index++) {
      line.add(make.request('/', 200));
      line.add(make.request('/', 500));
      line.add(make.request('/', 200, '65f1d7c2a1b2c3d4e5f60719'));
    }
    expect(shape(line).filter((one) => one === 15)).toHaveLength(3);
  });

  it('begins a new row every ten seconds while many go on, and ends that when they are few', () => {
    const line = timeline();
    const make = recorder(50);
    for (let index = 0; index < 500; index++) line.add(make.request());
    expect(shape(line).filter((one) => typeof one === 'number')).toHaveLength(3);
    const few = recorder(900);
    const slow = timeline();
    for (let index = 0; index < 50; index++) slow.add(few.request());
    expect(shape(slow)).toEqual(new Array(50).fill('/'));
  });

  it('takes each entry once, and leaves out what only announces another', () => {
    const line = timeline();
    const make = recorder();
    const request = make.request('/a');
    line.add(request);
    line.add(request);
    line.add(make.entry({ type: 'reload.started', id: ID, files: [] }));
    line.add(
      make.entry({ type: 'workload.exited', id: ID, workload: 'w', reason: 'replaced', expected: true }),
    );
    expect(shape(line)).toEqual(['/a']);
  });

  it('shows only where a work stands, not all it said', () => {
    const line = timeline();
    const make = recorder();
    for (const message of ['downloading', 'unpacking', 'ready'])
      line.add(make.entry({ type: 'progress', topic: 'Python', message }));
    expect(shape(line)).toEqual(['progress']);
  });

  it('does not change while paused, counts what matches, and then shows it', () => {
    const line = timeline();
    const make = recorder(1_500);
    line.add(make.request('/before'));
    line.filterBy((entry) => entry.type === 'invocation');
    line.pause();
    line.add(make.request('/meanwhile'));
    line.add(make.entry({ type: 'notice', message: 'not counted' }));
    expect(shape(line)).toEqual(['/before']);
    expect(line.waiting).toBe(1);
    line.resume();
    expect(shape(line)).toEqual(['/meanwhile', '/before']);
    line.filterBy(() => true);
    expect(shape(line)).toEqual(['notice', '/meanwhile', '/before']);
  });

  it('does not lose what happens rarely among very many requests', () => {
    const line = timeline({ mostRows: 50 });
    const make = recorder(1);
    line.add(make.entry({ type: 'notice', message: 'rare' }));
    for (let index = 0; index < 30_000; index++) line.add(make.request());
    line.filterBy((entry) => entry.type !== 'invocation');
    expect(shape(line)).toEqual(['notice']);
  });
});

describe('an entry in words', () => {
  const entry = <E extends JournalEvent>(event: E) => ({
    ...event,
    seq: 1,
    time: '2026-01-01T00:00:00.000Z',
  });

  it('says why new code does not load, and where', () => {
    const failed = entry({
      type: 'reload.finished',
      id: ID,
      files: ['handler.mjs'],
      durationMs: 12,
      outcome: 'failed',
      error: {
        kind: 'load',
        name: 'SyntaxError',
        message: 'Unexpected end',
        file: 'handler.mjs',
        line: 3,
        column: 5,
        stack: 'at x',
      },
    });
    expect(isProblem(failed)).toBe(true);
    expect(kindOf(failed)).toBe('code');
    expect(inWords(failed)).toEqual({
      tone: 'bad',
      text: 'New code does not load: SyntaxError: Unexpected end',
      detail: 'handler.mjs:3:5',
      more: 'at x',
    });
  });

  it('says what AWS would refuse', () => {
    const warning = entry({
      type: 'parity.warning',
      service: 'lambda',
      action: 'Invoke',
      resource: 'a',
      missing: 'a role',
    });
    expect(inWords(warning)).toMatchObject({
      tone: 'warn',
      text: 'AWS would refuse lambda:Invoke on a',
      detail: 'a role',
    });
  });

  it('is found by all that it shows, in any case', () => {
    const request = entry({
      type: 'invocation',
      id: ID,
      method: 'POST',
      path: '/Orders',
      status: 404,
      durationMs: 1,
    });
    for (const word of ['orders', 'post /', '404', 'my shop'])
      expect(searchable(request, 'My Shop')).toContain(word);
  });
});
