import type { ExecutionStatus } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import type { FunctionKey } from '../store/function-record.ts';
import type { DurableOutcome, ExecutionRecord } from './records.ts';

interface Row {
  key: number;
  record: string;
}

export interface ListFilter {
  version?: string | undefined;
  name?: string | undefined;
  statuses?: readonly ExecutionStatus[] | undefined;
  after?: Milliseconds | undefined;
  before?: Milliseconds | undefined;
  /** Behind the last one of the page before. */
  behind?: { started: Milliseconds; key: number } | undefined;
  oldestFirst: boolean;
  limit: number;
}

/** Executions, without what happened in them: see operation-store.ts. */
export class ExecutionStore {
  readonly #database: Database;
  readonly #add: Statement<{ key: number }>;
  readonly #save: Statement<never>;
  readonly #addData: Statement<never>;
  readonly #conclude: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #byId: Statement<Row>;
  readonly #byName: Statement<Row>;
  readonly #ofFunction: Statement<Row>;
  readonly #running: Statement<{ key: number }>;
  readonly #data: Statement<{ input: string; outcome: string | null }>;
  readonly #due: Statement<{ key: number }>;
  readonly #next: Statement<{ due: number | null }>;
  readonly #delete: Statement<never>;

  constructor(database: Database) {
    this.#database = database;
    const table = 'lambda_durable_executions';
    const select = `SELECT key, record FROM ${table}`;
    const ofFunction = 'account = ? AND region = ? AND function = ?';
    this.#add = database.prepare(
      `INSERT INTO ${table} (account, region, function, version, name, id, status, started, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key`,
    );
    this.#save = database.prepare(`UPDATE ${table} SET status = ?, due = ?, record = ? WHERE key = ?`);
    this.#addData = database.prepare('INSERT INTO lambda_durable_data (execution, input) VALUES (?, ?)');
    this.#conclude = database.prepare('UPDATE lambda_durable_data SET outcome = ? WHERE execution = ?');
    this.#get = database.prepare(`${select} WHERE key = ?`);
    this.#byId = database.prepare(`${select} WHERE id = ?`);
    this.#byName = database.prepare(`${select} WHERE ${ofFunction} AND name = ?`);
    this.#ofFunction = database.prepare(`${select} WHERE ${ofFunction}`);
    this.#running = database.prepare(`SELECT key FROM ${table} WHERE status = 'RUNNING' ORDER BY key`);
    this.#data = database.prepare('SELECT input, outcome FROM lambda_durable_data WHERE execution = ?');
    this.#due = database.prepare(`SELECT key FROM ${table} WHERE due <= ? ORDER BY due, key`);
    this.#next = database.prepare(`SELECT min(due) AS due FROM ${table} WHERE due IS NOT NULL`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE key = ?`);
  }

  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  /** In a transaction. */
  add(execution: Omit<ExecutionRecord, 'key'>, input: string): ExecutionRecord {
    const { ref, version, name, id, status, started } = execution;
    const { account, region } = ref.scope;
    const text = JSON.stringify(execution);
    const { key } = this.#add.get(account, region, ref.name, version, name, id, status, started, text)!;
    this.#addData.run(key, input);
    return { ...execution, key };
  }

  save(execution: ExecutionRecord, due: Milliseconds | undefined): void {
    const { key, ...record } = execution;
    this.#save.run(record.status, due ?? null, JSON.stringify(record), key);
  }

  conclude(key: number, outcome: DurableOutcome): void {
    this.#conclude.run(JSON.stringify(outcome), key);
  }

  get(key: number): ExecutionRecord | undefined {
    return read(this.#get.get(key));
  }

  byId(id: string): ExecutionRecord | undefined {
    return read(this.#byId.get(id));
  }

  byName({ scope: { account, region }, name }: FunctionKey, execution: string): ExecutionRecord | undefined {
    return read(this.#byName.get(account, region, name, execution));
  }

  ofFunction({ scope: { account, region }, name }: FunctionKey): ExecutionRecord[] {
    return this.#ofFunction.all(account, region, name).map((row) => read(row)!);
  }

  /** Newest first unless it says otherwise. */
  list({ scope, name }: FunctionKey, filter: ListFilter): ExecutionRecord[] {
    const { sql, values } = listQuery(scope, name, filter);
    return this.#database
      .prepare<Row>(sql)
      .all(...values)
      .map((row) => read(row)!);
  }

  running(): number[] {
    return this.#running.all().map(({ key }) => key);
  }

  input(key: number): string {
    return this.#data.get(key)!.input;
  }

  outcome(key: number): DurableOutcome {
    const outcome = this.#data.get(key)?.outcome;
    return outcome ? (JSON.parse(outcome) as DurableOutcome) : {};
  }

  due(now: Milliseconds): number[] {
    return this.#due.all(now).map(({ key }) => key);
  }

  next(): Milliseconds | undefined {
    return this.#next.get()?.due ?? undefined;
  }

  delete(key: number): void {
    this.#delete.run(key);
  }
}

function read(row: Row | undefined): ExecutionRecord | undefined {
  return row && { ...(JSON.parse(row.record) as ExecutionRecord), key: row.key };
}

function listQuery({ account, region }: Scope, name: string, filter: ListFilter) {
  const where = ['account = ?', 'region = ?', 'function = ?'];
  const values: (string | number)[] = [account, region, name];
  const and = (condition: string, ...more: (string | number)[]) => {
    where.push(condition);
    values.push(...more);
  };
  if (filter.version !== undefined) and('version = ?', filter.version);
  if (filter.name !== undefined) and('name = ?', filter.name);
  if (filter.after !== undefined) and('started > ?', filter.after);
  if (filter.before !== undefined) and('started < ?', filter.before);
  if (filter.statuses?.length) {
    and(`status IN (${filter.statuses.map(() => '?').join(', ')})`, ...filter.statuses);
  }
  if (filter.behind) {
    const { started, key } = filter.behind;
    and(`(started, key) ${filter.oldestFirst ? '>' : '<'} (?, ?)`, started, key);
  }
  const order = filter.oldestFirst ? 'ASC' : 'DESC';
  const sql = `SELECT key, record FROM lambda_durable_executions WHERE ${where.join(' AND ')}
    ORDER BY started ${order}, key ${order} LIMIT ?`;
  return { sql, values: [...values, filter.limit] };
}
