import type { Cors, FunctionUrlAuthType, InvokeMode } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Attached, AttachedStore } from './attached-store.ts';
import type { FunctionKey } from './function-record.ts';

export interface UrlRecord {
  /** Part of its host name. */
  id: string;
  authType: FunctionUrlAuthType;
  /** BUFFERED where it was never given. */
  invokeMode?: InvokeMode;
  cors?: Cors;
  created: Milliseconds;
  lastModified: Milliseconds;
}

interface Row {
  account: string;
  region: string;
  function: string;
  qualifier: string;
  record: string;
}

/** The URLs of functions, found by what they belong to or, as each request does, by their id. */
export class UrlStore extends AttachedStore<UrlRecord> {
  readonly #byId: Statement<Row>;

  constructor(database: Database) {
    super(database, 'lambda_urls');
    this.#byId = database.prepare(
      'SELECT account, region, function, qualifier, record FROM lambda_urls WHERE id = ?',
    );
  }

  byId(id: string): Attached<UrlRecord> | undefined {
    const row = this.#byId.get(id);
    if (!row) return undefined;
    const key: FunctionKey = { scope: { account: row.account, region: row.region }, name: row.function };
    return { key, qualifier: row.qualifier, record: JSON.parse(row.record) as UrlRecord };
  }
}
