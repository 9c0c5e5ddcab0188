import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { LATEST } from '../names.ts';
import type { FunctionKey } from './function-record.ts';

/** Tables of one form: see resource-tables.ts. */
export type AttachedTable =
  | 'lambda_policies'
  | 'lambda_concurrency'
  | 'lambda_provisioned_concurrency'
  | 'lambda_urls'
  | 'lambda_event_invoke_configs'
  | 'lambda_recursion_configs'
  | 'lambda_runtime_management'
  | 'lambda_function_signing'
  | 'lambda_scaling_configs';

interface Row {
  account: string;
  region: string;
  function: string;
  qualifier: string;
  record: string;
}

/** Something that hangs on a function, and on which version or alias of it. */
export interface Attached<T> {
  key: FunctionKey;
  /** `$LATEST` for the function itself. */
  qualifier: string;
  record: T;
}

/** One kind of thing that hangs on functions. The database removes it together with what it hangs on. */
export class AttachedStore<T> {
  readonly #put: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #delete: Statement<never>;
  readonly #ofFunction: Statement<Row>;
  readonly #ofScope: Statement<Row>;
  readonly #all: Statement<Row>;

  constructor(database: Database, table: AttachedTable) {
    const select = `SELECT account, region, function, qualifier, record FROM ${table}`;
    const key = 'account = ? AND region = ? AND function = ?';
    this.#put = database.prepare(
      `INSERT INTO ${table} (account, region, function, qualifier, record) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET record = excluded.record`,
    );
    this.#get = database.prepare(`${select} WHERE ${key} AND qualifier = ?`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE ${key} AND qualifier = ?`);
    this.#ofFunction = database.prepare(`${select} WHERE ${key} ORDER BY qualifier`);
    this.#ofScope = database.prepare(
      `${select} WHERE account = ? AND region = ? ORDER BY function, qualifier`,
    );
    this.#all = database.prepare(select);
  }

  get(key: FunctionKey, qualifier = LATEST): T | undefined {
    const row = this.#get.get(...values(key), qualifier);
    return row && (JSON.parse(row.record) as T);
  }

  /** Adds it, or replaces it. The function has to be there. */
  put(key: FunctionKey, qualifier: string, record: T): void {
    this.#put.run(...values(key), qualifier, JSON.stringify(record));
  }

  /** False when there is none. */
  delete(key: FunctionKey, qualifier = LATEST): boolean {
    return this.#delete.run(...values(key), qualifier) > 0;
  }

  /** By qualifier. */
  ofFunction(key: FunctionKey): Attached<T>[] {
    return this.#ofFunction.all(...values(key)).map(read<T>);
  }

  /** By function and qualifier. */
  ofScope({ account, region }: Scope): Attached<T>[] {
    return this.#ofScope.all(account, region).map(read<T>);
  }

  /** Of all accounts and regions. */
  all(): Attached<T>[] {
    return this.#all.all().map(read<T>);
  }
}

function read<T>({ account, region, function: name, qualifier, record }: Row): Attached<T> {
  return { key: { scope: { account, region }, name }, qualifier, record: JSON.parse(record) as T };
}

function values({ scope: { account, region }, name }: FunctionKey): [string, string, string] {
  return [account, region, name];
}
