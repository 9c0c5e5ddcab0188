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
const LIVE = 'account = ? AND region = ? AND disabled = 0';

/** The functions of one account and region. Text sorts by its UTF-8 bytes. */
export class SqliteFunctionTable implements FunctionTable {
  readonly #database: Database;
  readonly #scope: readonly [account: string, region: string];
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #all: Statement<Row>;
  readonly #count: Statement<{ count: number }>;
  readonly #linked: Statement<Row>;
  readonly #purge: Statement<never>;
  readonly #pages = new Map<string, Statement<Row>>();

  constructor(database: Database, scope: Scope = DEFAULT_SCOPE) {
    this.#database = database;
    this.#scope = [scope.account, scope.region];
    this.#insert = database.prepare(
      `INSERT INTO functions (id, title, runtime, version, sha256, directory, entry, path, poll, ignored, disabled,
         reg_date, update_date, account, region) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = database.prepare(
      `UPDATE functions SET (id, title, runtime, version, sha256, directory, entry, path, poll, ignored, disabled,
         reg_date, update_date) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE ${LIVE} AND id = ?`,
    );
    this.#get = database.prepare(`${SELECT} WHERE account = ? AND region = ? AND id = ?`);
    this.#all = database.prepare(`${SELECT} WHERE ${LIVE} ORDER BY reg_date, id`);
    this.#count = database.prepare(`SELECT count(*) AS count FROM functions WHERE ${LIVE}`);
    this.#linked = database.prepare(`${SELECT} WHERE ${LIVE} AND path = ? ORDER BY reg_date, id LIMIT 1`);
    this.#purge = database.prepare('DELETE FROM functions WHERE account = ? AND region = ? AND disabled = 1');
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

  list({ limit, page, sort, asc }: ListQuery): { records: FunctionRecord[]; count: number } {
    const rows = this.#page(sort, asc).all(...this.#scope, limit, (page - 1) * limit);
    return { records: rows.map(toRecord), count: this.#count.get(...this.#scope)?.count ?? 0 };
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

  #page(sort: SortField, asc: boolean): Statement<Row> {
    const direction = asc ? 'ASC' : 'DESC';
    const order = `${sort} ${direction}, id ${direction}`;
    let statement = this.#pages.get(order);
    if (!statement) {
      statement = this.#database.prepare(`${SELECT} WHERE ${LIVE} ORDER BY ${order} LIMIT ? OFFSET ?`);
      this.#pages.set(order, statement);
    }
    return statement;
  }
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
