import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import {
  DatabaseTooNew,
  DatabaseUnreadable,
  DataFolderInUse,
  StorageFull,
} from '../../../src/storage/errors.ts';
import { openDatabase } from '../../../src/storage/sqlite/database.ts';
import { MIGRATIONS } from '../../../src/storage/sqlite/migrations.ts';
import { SettingsTable } from '../../../src/storage/sqlite/settings-table.ts';
import { filesIn, freshDatabase, snapshot, temporaryFolder } from './support.ts';

/** What a killed process leaves: the main file and a write-ahead log that holds the last writes. */
function killedDatabase(work: (settings: SettingsTable) => void): string {
  const folder = temporaryFolder();
  const database = freshDatabase();
  work(new SettingsTable(database));
  for (const suffix of ['', '-wal'])
    copyFileSync(`${database.file}${suffix}`, join(folder, `lambdock.db${suffix}`));
  return join(folder, 'lambdock.db');
}

/** Tries to write to the file from another process; returns what that said. */
function openElsewhere(file: string): string {
  const library = createRequire(import.meta.url).resolve('better-sqlite3');
  const script = `
    const db = new (require(${JSON.stringify(library)}))(${JSON.stringify(file)}, { timeout: 0 });
    try { db.exec('BEGIN IMMEDIATE'); console.log('opened'); } catch (error) { console.log(error.code); }`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim();
}

test('what was written is there after opening again', () => {
  const file = join(temporaryFolder(), 'deep', 'er', 'lambdock.db');
  using first = openDatabase(file);
  new SettingsTable(first).set('colour', 'grün');
  first.close();
  using second = openDatabase(file);
  expect(new SettingsTable(second).get('colour')).toBe('grün');
});

test('what was acknowledged is there after a kill', () => {
  const file = killedDatabase((settings) => {
    for (let i = 0; i < 300; i++) settings.set(`name ${i}`, 'x'.repeat(i));
  });
  using database = openDatabase(file);
  expect(new SettingsTable(database).get('name 299')).toHaveLength(299);
});

test('an empty file, as a kill during the first start leaves it, becomes a database', () => {
  const file = join(temporaryFolder(), 'lambdock.db');
  writeFileSync(file, '');
  using database = openDatabase(file);
  expect(new SettingsTable(database).get('x')).toBeUndefined();
});

test('only the owner can read a new database and its log', () => {
  const database = freshDatabase();
  new SettingsTable(database).set('secret', 's');
  for (const file of [database.file, `${database.file}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a second opening is refused at once, in this process and in another, and leaves the first one working', () => {
  const database = freshDatabase();
  const settings = new SettingsTable(database);
  settings.set('a', '1');
  for (let i = 0; i < 2; i++) expect(() => openDatabase(database.file)).toThrow(DataFolderInUse);
  expect(openElsewhere(database.file)).toBe('SQLITE_BUSY');
  settings.set('a', '2');
  database.close();
  expect(openElsewhere(database.file)).toBe('opened');
});

test('a transaction that throws writes nothing', () => {
  const database = freshDatabase();
  const settings = new SettingsTable(database);
  const work = () => {
    settings.set('a', '1');
    throw new Error('no');
  };
  expect(() => database.transaction(work)).toThrow('no');
  expect(settings.get('a')).toBeUndefined();
});

test('a write that returns rows and fails at its commit says so', () => {
  const database = freshDatabase();
  database.prepare('CREATE TABLE parent (id INTEGER PRIMARY KEY)').run();
  database.prepare('CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)').run();
  const insert = database.prepare<{ id: number }>('INSERT INTO child VALUES (?) RETURNING id');
  expect(() => insert.get(1)).toThrow(/FOREIGN KEY/);
  expect(database.prepare('SELECT * FROM child').all()).toEqual([]);
});

test('a full disk is reported as such, and what was there before stays', () => {
  const database = freshDatabase();
  const settings = new SettingsTable(database);
  settings.set('before', 'kept');
  const { pages } = database
    .prepare<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count')
    .get()!;
  database.prepare(`PRAGMA max_page_count = ${pages}`).get();
  const fill = () => settings.set('big', 'x'.repeat(100_000));
  expect(fill).toThrow(StorageFull);
  expect(() => database.transaction(fill)).toThrow(StorageFull);
  expect(settings.get('big')).toBeUndefined();
  expect(settings.get('before')).toBe('kept');
  database.prepare(`PRAGMA max_page_count = ${pages + 100}`).get();
  fill();
  expect(settings.get('big')).toHaveLength(100_000);
});

const corruptions: Record<string, (file: string) => void> = {
  'text instead of a database': (file) => writeFileSync(file, 'not a database '.repeat(1000)),
  'a few bytes': (file) => writeFileSync(file, 'SQLite'),
  'a file cut in half': (file) => writeFileSync(file, readFileSync(file).subarray(0, 8192)),
  'zeros in the middle': (file) => writeFileSync(file, readFileSync(file).fill(0, 4096, 4096 * 3)),
  'noise in the schema': (file) => writeFileSync(file, readFileSync(file).fill('?', 200, 4096)),
  'a database of another program': (file) => {
    rmSync(file);
    new BetterSqlite3(file).exec('CREATE TABLE t (a)').close();
  },
  'a folder': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

for (const [what, corrupt] of Object.entries(corruptions)) {
  test(`${what} is refused with a way out and left exactly as it was`, () => {
    const folder = temporaryFolder();
    const file = join(folder, 'lambdock.db');
    const database = openDatabase(file);
    new SettingsTable(database).set('a', '1');
    database.close();
    corrupt(file);
    const before = snapshot(folder);
    expect(() => openDatabase(file)).toThrow(DatabaseUnreadable);
    expect(() => openDatabase(file)).toThrow(`${file} can't be used`);
    expect(() => openDatabase(file)).toThrow(/move it away .*--data-dir/);
    expect(snapshot(folder)).toEqual(before);
  });
}

for (const [what, corrupt] of Object.entries(corruptions).filter(([name]) => /text|noise|few/.test(name))) {
  test(`${what} beside the log of a killed process is refused, and the log is untouched`, () => {
    const file = killedDatabase((settings) => settings.set('a', 'x'.repeat(10_000)));
    corrupt(file);
    const before = snapshot(join(file, '..'));
    expect(Object.keys(before)).toEqual(['lambdock.db', 'lambdock.db-wal']);
    expect(() => openDatabase(file)).toThrow(DatabaseUnreadable);
    expect(snapshot(join(file, '..'))).toEqual(before);
  });
}

const LATER = [...MIGRATIONS, { name: 'a later one', sql: 'CREATE TABLE later (a TEXT) STRICT' }];

test('a database of a newer version is refused, and its files and its log are untouched', () => {
  const source = join(temporaryFolder(), 'lambdock.db');
  const newer = openDatabase(source, LATER);
  onTestFinished(() => newer.close());
  new SettingsTable(newer).set('a', '1');
  const folder = temporaryFolder();
  const file = join(folder, 'lambdock.db');
  for (const suffix of ['', '-wal']) copyFileSync(source + suffix, file + suffix);
  const before = snapshot(folder);
  expect(() => openDatabase(file)).toThrow(DatabaseTooNew);
  expect(() => openDatabase(file)).toThrow(
    `(format ${LATER.length}; this one knows up to ${MIGRATIONS.length})`,
  );
  expect(snapshot(folder)).toEqual(before);
  using again = openDatabase(file, LATER);
  expect(new SettingsTable(again).get('a')).toBe('1');
});

test('an older database, also of a killed process, is brought up to date and keeps its rows', () => {
  const file = killedDatabase((settings) => settings.set('a', '1'));
  {
    using database = openDatabase(file, LATER);
    database.prepare('INSERT INTO later VALUES (?)').run('x');
    expect(new SettingsTable(database).get('a')).toBe('1');
  }
  using database = openDatabase(file, LATER);
  expect(database.prepare('SELECT a FROM later').all()).toEqual([{ a: 'x' }]);
});

test('a migration that fails changes nothing, and those before it stay', () => {
  const file = join(temporaryFolder(), 'lambdock.db');
  openDatabase(file).close();
  const broken = {
    name: 'broken',
    sql: 'CREATE TABLE half (a TEXT) STRICT; CREATE TABLE functions (a TEXT)',
  };
  expect(() => openDatabase(file, [...LATER, broken])).toThrow('table functions already exists');
  using database = openDatabase(file, LATER);
  const names = database.prepare<{ name: string }>('SELECT name FROM sqlite_schema').all();
  expect(names.map(({ name }) => name)).toContain('later');
  expect(names.map(({ name }) => name)).not.toContain('half');
});

test('closing leaves one file and can be repeated', () => {
  const folder = temporaryFolder();
  const database = openDatabase(join(folder, 'lambdock.db'));
  new SettingsTable(database).set('a', '1');
  database.close();
  database.close();
  expect(filesIn(folder)).toEqual(['lambdock.db']);
  expect(existsSync(`${database.file}-wal`)).toBe(false);
});
