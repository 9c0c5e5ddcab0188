import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import type { FunctionSource } from '../../../src/execution/source.ts';
import { Journal, type JournalEntry } from '../../../src/journal/journal.ts';
import { type FunctionRecord, SORT_FIELDS } from '../../../src/platform/functions.ts';
import { openDatabase } from '../../../src/storage/sqlite/database.ts';
import { SqliteFunctionTable } from '../../../src/storage/sqlite/function-table.ts';
import { SqliteJournalStore } from '../../../src/storage/sqlite/journal-table.ts';
import { SettingsTable } from '../../../src/storage/sqlite/settings-table.ts';
import { WorkloadTable } from '../../../src/storage/sqlite/workload-table.ts';
import { freshDatabase } from './support.ts';

const inline: FunctionSource = { kind: 'inline', sha256: 'a'.repeat(64) };
const linked = (path: string): FunctionSource => ({
  kind: 'linked',
  directory: '/home/u/app',
  entry: 'handler.mjs',
  path,
});

function record(id: string, changes: Partial<FunctionRecord> = {}): FunctionRecord {
  const date = '2026-01-01T00:00:00.000Z';
  return {
    id,
    title: `title of ${id}`,
    runtime: 'node',
    version: '20',
    source: inline,
    disabled: false,
    reg_date: date,
    update_date: date,
    ...changes,
  };
}

test('a function comes back as it was stored, whatever its title and source', () => {
  const database = freshDatabase();
  const table = new SqliteFunctionTable(database);
  const records = [
    record('1', { title: '日本語 "quoted" \u0000 🦊' }),
    record('2', { source: linked('/home/u/app/händler.mjs') }),
    record('3', {
      source: { ...linked('/mnt/share'), poll: true, ignore: ['*.csv', 'tmp/'] } as FunctionSource,
    }),
    record('5', { disabled: true }),
  ];
  for (const each of records) table.insert(each);
  for (const each of records) expect(table.get(each.id)).toEqual(each);
  expect(table.get('4')).toBeUndefined();
  const scopes = database.prepare('SELECT DISTINCT account, region FROM functions').all();
  expect(scopes).toEqual([{ account: '000000000000', region: 'us-east-1' }]);
});

test('an id can be used once', () => {
  const table = new SqliteFunctionTable(freshDatabase());
  table.insert(record('1'));
  expect(() => table.insert(record('1'))).toThrow(/UNIQUE/);
});

test('an update replaces everything, and a deleted or unknown function is not updated', () => {
  const table = new SqliteFunctionTable(freshDatabase());
  table.insert(record('1'));
  const changed = record('1', { title: 'new', source: linked('/x'), version: '22' });
  expect(table.update(changed)).toBe(true);
  expect(table.get('1')).toEqual(changed);
  expect(table.update(record('1', { disabled: true }))).toBe(true);
  expect(table.update(record('1'))).toBe(false);
  expect(table.get('1')?.disabled).toBe(true);
  expect(table.update(record('2'))).toBe(false);
});

test('deleted functions are in no list and under no path', () => {
  const table = new SqliteFunctionTable(freshDatabase());
  table.insert(record('1', { source: linked('/a') }));
  table.insert(record('2', { source: linked('/b'), reg_date: '2025-01-01T00:00:00.000Z' }));
  expect(table.all().map(({ id }) => id)).toEqual(['2', '1']);
  expect(table.findLinked('/a')?.id).toBe('1');
  expect(table.findLinked('/A')).toBeUndefined();
  table.update(record('1', { source: linked('/a'), disabled: true }));
  expect(table.all().map(({ id }) => id)).toEqual(['2']);
  expect(table.findLinked('/a')).toBeUndefined();
  expect(table.list({ limit: 10, page: 1, sort: 'id', asc: true })).toMatchObject({ count: 1 });
  expect(table.get('1')?.disabled).toBe(true);
  table.purge();
  expect(table.get('1')).toBeUndefined();
  expect(table.get('2')).toBeDefined();
});

test('a search finds part of a title in any case, of an id, or of the runtime with its version, and nothing else', () => {
  const table = new SqliteFunctionTable(freshDatabase());
  table.insert(record('aa11', { title: 'Größe 50%' }));
  table.insert(record('bb22', { title: 'hello_world\u0000ende', runtime: 'golang', version: '1.22' }));
  table.insert(record('cc33', { title: 'HELLO world' }));
  table.insert(record('dd44', { title: 'hello gone', disabled: true }));
  const find = (search: string, limit = 10, page = 1) => {
    const { records, count } = table.list({ limit, page, sort: 'id', asc: true, search });
    return [count, ...records.map(({ id }) => id)];
  };
  expect(find('hello')).toEqual([2, 'bb22', 'cc33']);
  expect(find('hello', 1, 2)).toEqual([2, 'cc33']);
  expect(find('GRÖSSE')).toEqual([0]);
  expect(find('grÖßE')).toEqual([1, 'aa11']);
  expect(find('%')).toEqual([1, 'aa11']);
  expect(find('_')).toEqual([1, 'bb22']);
  expect(find('\\')).toEqual([0]);
  expect(find('ENDE')).toEqual([1, 'bb22']);
  expect(find('B2')).toEqual([1, 'bb22']);
  expect(find('ng 1.2')).toEqual([1, 'bb22']);
  expect(find('Node 20')).toEqual([2, 'aa11', 'cc33']);
  expect(find("' OR 1=1 --")).toEqual([0]);
  expect(find('')).toEqual([3, 'aa11', 'bb22', 'cc33']);
});

test('a deleted function can be enabled again, once', () => {
  const table = new SqliteFunctionTable(freshDatabase());
  table.insert(record('1', { disabled: true }));
  const back = record('1', { title: 'back', source: linked('/x') });
  expect(table.enable(back)).toBe(true);
  expect(table.get('1')).toEqual(back);
  expect(table.enable(record('1'))).toBe(false);
  expect(table.enable(record('2'))).toBe(false);
  expect(table.get('1')).toEqual(back);
});

test('functions of another account or region are not seen', () => {
  const database = freshDatabase();
  const table = new SqliteFunctionTable(database);
  const other = new SqliteFunctionTable(database, { account: '123456789012', region: 'eu-west-1' });
  other.insert(record('1', { source: linked('/a') }));
  expect([table.get('1'), table.findLinked('/a'), ...table.all()]).toEqual([undefined, undefined]);
  expect(table.update(record('1'))).toBe(false);
  other.insert(record('2', { disabled: true }));
  table.purge();
  expect([other.get('1'), other.get('2')]).not.toContain(undefined);
});

test('all pages together are the sorted whole, in both directions and by every field', () => {
  const text = fc.constantFrom('', 'a', 'A', 'b', 'é', 'z', '🦊', '\uffee', '10', '9');
  const date = fc.constantFrom(
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.001Z',
    '2025-12-31T23:59:59.999Z',
  );
  const rows = fc.uniqueArray(
    fc.record({
      id: fc.stringMatching(/^[0-9a-f]{4}$/),
      title: text,
      version: text,
      reg_date: date,
      update_date: date,
      disabled: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 25 },
  );
  const table = new SqliteFunctionTable(freshDatabase());
  const property = fc.property(
    rows,
    fc.constantFrom(...SORT_FIELDS),
    fc.boolean(),
    fc.integer({ min: 1, max: 8 }),
    (given, sort, asc, limit) => {
      for (const row of table.all()) table.update({ ...row, disabled: true });
      table.purge();
      for (const row of given) table.insert(record(row.id, row));
      const live = given.filter(({ disabled }) => !disabled).map((row) => record(row.id, row));
      const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      const sign = asc ? 1 : -1;
      const expected = live.sort(
        (a, b) => sign * (bytes(String(a[sort]), String(b[sort])) || bytes(a.id, b.id)),
      );
      const pages: FunctionRecord[] = [];
      for (let page = 1; page <= Math.ceil(live.length / limit) + 1; page++) {
        const { records, count } = table.list({ limit, page, sort, asc });
        expect(count).toBe(live.length);
        pages.push(...records);
      }
      expect(pages).toEqual(expected);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

const entries = (first: number, count: number): JournalEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'notice',
    message: `entry ${first + index}`,
    seq: first + index,
    time: '2026-01-01T00:00:00.000Z',
  }));

test('sequence numbers are given once, also after opening again', () => {
  const database = freshDatabase();
  const store = new SqliteJournalStore(database);
  expect([store.reserve(10), store.reserve(5)]).toEqual([1, 11]);
  store.clear();
  database.close();
  using again = openDatabase(database.file);
  expect(new SqliteJournalStore(again).reserve(1)).toBe(16);
});

test('the journal is read oldest first, and the newest win over the limit', () => {
  const store = new SqliteJournalStore(freshDatabase());
  store.append(entries(1, 30));
  store.append([]);
  store.append(entries(100, 3));
  expect(store.read(28, 100)).toEqual([...entries(29, 2), ...entries(100, 3)]);
  expect(store.read(0, 4)).toEqual([...entries(30, 1), ...entries(100, 3)]);
  expect(store.read(102, 4)).toEqual([]);
  store.clear();
  expect(store.read(0, 4)).toEqual([]);
});

test('entries that can not all be stored are not stored at all', () => {
  const store = new SqliteJournalStore(freshDatabase());
  expect(() => store.append([...entries(1, 3), ...entries(2, 1)])).toThrow(/UNIQUE/);
  expect(store.read(0, 10)).toEqual([]);
});

test('the journal keeps the newest 20,000 entries or a few more, also when counting began elsewhere', () => {
  const database = freshDatabase();
  new SqliteJournalStore(database).append(entries(1, 20_500));
  const store = new SqliteJournalStore(database);
  expect(store.read(0, 100_000)).toHaveLength(20_500);
  store.append(entries(1_000_000, 600));
  const kept = store.read(0, 100_000);
  expect(kept).toHaveLength(20_000);
  expect(kept[0]?.seq).toBe(1_101);
  expect(kept.at(-1)?.seq).toBe(1_000_599);
});

test('a journal over the table goes on where the last one stopped', () => {
  const database = freshDatabase();
  const clock = new ManualClock();
  const first = new Journal({ clock, store: new SqliteJournalStore(database) });
  first.record({ type: 'notice', message: 'one' });
  first[Symbol.dispose]();
  const second = new Journal({ clock, store: new SqliteJournalStore(database) });
  second.record({ type: 'notice', message: 'two' });
  const [one, two] = second.since(0);
  expect([one, two]).toMatchObject([{ message: 'one' }, { message: 'two' }]);
  expect(two!.seq).toBeGreaterThan(one!.seq);
  second[Symbol.dispose]();
});

test('workloads are remembered until they are removed', () => {
  const database = freshDatabase();
  const table = new WorkloadTable(database);
  const row = { id: 'w1', owner: 'f1', pid: 4321, startedAt: '123456:boot-id' };
  table.add(row);
  table.add({ ...row, id: 'w2' });
  table.add({ ...row, pid: 5 });
  table.remove('w2');
  table.remove('w3');
  database.close();
  using again = openDatabase(database.file);
  expect(new WorkloadTable(again).all()).toEqual([{ ...row, pid: 5 }]);
});

test('a setting has the value that was set last', () => {
  const table = new SettingsTable(freshDatabase());
  expect(table.get('a')).toBeUndefined();
  table.set('a', '1');
  table.set('a', '2');
  expect(table.get('a')).toBe('2');
});
