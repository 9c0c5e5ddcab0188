import type { FunctionId, FunctionSource } from '../../execution/source.ts';
import type { FunctionRecord, FunctionTable, ListQuery, SortField } from '../../platform/functions.ts';
import { DEFAULT_SCOPE, type Scope } from '../scope.ts';
import type { Database, SqlValue, Statement } from './database.ts';

interface Row {
  id: string;
  title: string;
  runtime: string;
  version: string;
  sha256: string | null;
  directory: string | null;
  entry: string | null;
  path: string | null;
  poll: number;
  ignored: string | null;
  disabled: number;
  reg_date: string;
  update_date: string;
}

const SELECT = `SELECT id, title, runtime, version, sha256, directory, entry, path, poll, ignored, disabled,
  reg_date, update_date FROM functions`;
/** The statements of one order and choice. */
interface List {
  rows: Statement<Row>;
  count: Statement<{ count: number }>;
}

const SCOPE = 'account = ? AND region = ?';
const LIVE = `${SCOPE} AND disabled = 0`;
/** Folding by SQLite's own LIKE knows the letters of ASCII only. */
const FOUND = "(contains(title, ?) OR contains(id, ?) OR contains(runtime || ' ' || version, ?))";

/** The functions of one account and region. Text sorts by its UTF-8 bytes. */
export class SqliteFunctionTable implements FunctionTable {
  readonly #database: Database;
  readonly #scope: readonly [account: string, region: string];
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #enable: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #all: Statement<Row>;
  readonly #linked: Statement<Row>;
  readonly #purge: Statement<never>;
  readonly #lists = new Map<string, List>();

  constructor(database: Database, scope: Scope = DEFAULT_SCOPE) {
    this.#database = database;
    this.#scope = [scope.account, scope.region];
    this.#insert = database.prepare(
      `INSERT INTO functions (id, title, runtime, version, sha256, directory, entry, path, poll, ignored, disabled,
         reg_date, update_date, account, region) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const update = `UPDATE functions SET (id, title, runtime, version, sha256, directory, entry, path, poll, ignored,
      disabled, reg_date, update_date) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    this.#update = database.prepare(`${update} WHERE ${LIVE} AND id = ?`);
    this.#enable = database.prepare(`${update} WHERE ${SCOPE} AND disabled = 1 AND id = ?`);
    this.#get = database.prepare(`${SELECT} WHERE ${SCOPE} AND id = ?`);
    this.#all = database.prepare(`${SELECT} WHERE ${LIVE} ORDER BY reg_date, id`);
    this.#linked = database.prepare(`${SELECT} WHERE ${LIVE} AND path = ? ORDER BY reg_date, id LIMIT 1`);
    this.#purge = database.prepare(`DELETE FROM functions WHERE ${SCOPE} AND disabled = 1`);
  }

  insert(record: FunctionRecord): void {
    this.#insert.run(...toValues(record), ...this.#scope);
  }

  update(record: FunctionRecord): boolean {
    return this.#update.run(...toValues(record), ...this.#scope, record.id) > 0;
  }

  get(id: FunctionId): FunctionRecord | undefined {
    const row = this.#get.get(...this.#scope, id);
    return row && toRecord(row);
  }

  enable(record: FunctionRecord): boolean {
    return this.#enable.run(...toValues(record), ...this.#scope, record.id) > 0;
  }

  list({ limit, page, sort, asc, search }: ListQuery): { records: FunctionRecord[]; count: number } {
    const { rows, count } = this.#list(sort, asc, search !== undefined);
    const values = [...this.#scope, ...(search === undefined ? [] : Array<string>(3).fill(search))];
    const records = rows.all(...values, limit, (page - 1) * limit).map(toRecord);
    return { records, count: count.get(...values)?.count ?? 0 };
  }

  all(): FunctionRecord[] {
    return this.#all.all(...this.#scope).map(toRecord);
  }

  findLinked(path: string): FunctionRecord | undefined {
    const row = this.#linked.get(...this.#scope, path);
    return row && toRecord(row);
  }

  purge(): void {
    this.#purge.run(...this.#scope);
  }

  #list(sort: SortField, asc: boolean, searched: boolean): List {
    const direction = asc ? 'ASC' : 'DESC';
    const order = `${sort} ${direction}, id ${direction}`;
    const where = searched ? `${LIVE} AND ${FOUND}` : LIVE;
    const name = `${where} ${order}`;
    let list = this.#lists.get(name);
    if (!list) {
      if (searched) this.#database.define('contains', contains);
      list = {
        rows: this.#database.prepare(`${SELECT} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`),
        count: this.#database.prepare(`SELECT count(*) AS count FROM functions WHERE ${where}`),
      };
      this.#lists.set(name, list);
    }
    return list;
  }
}

/** Whether a text has another in it, in any case of letters. */
function contains(text: SqlValue, part: SqlValue): number {
  return String(text).toLowerCase().includes(String(part).toLowerCase()) ? 1 : 0;
}

function toValues(record: FunctionRecord): SqlValue[] {
  const { source } = record;
  const linked = source.kind === 'linked' ? source : undefined;
  return [
    record.id,
    record.title,
    record.runtime,
    record.version,
    source.kind === 'inline' ? source.sha256 : null,
    linked?.directory ?? null,
    linked?.entry ?? null,
    linked?.path ?? null,
    linked?.poll ? 1 : 0,
    linked?.ignore ? JSON.stringify(linked.ignore) : null,
    record.disabled ? 1 : 0,
    record.reg_date,
    record.update_date,
  ];
}

function toRecord(row: Row): FunctionRecord {
  const { sha256, directory, entry, path, poll, ignored, disabled, ...rest } = row;
  return { ...rest, source: toSource(row), disabled: disabled !== 0 };
}

function toSource(row: Row): FunctionSource {
  if (row.directory === null || row.entry === null || row.path === null)
    return { kind: 'inline', sha256: row.sha256 ?? '' };
  const { directory, entry, path, poll, ignored } = row;
  return {
    kind: 'linked',
    directory,
    entry,
    path,
    ...(poll !== 0 && { poll: true }),
    ...(ignored !== null && { ignore: JSON.parse(ignored) as string[] }),
  };
}
