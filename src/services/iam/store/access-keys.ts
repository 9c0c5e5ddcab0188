import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, homeIn, regionOf } from '../home.ts';

export interface AccessKey {
  id: string;
  home: Home;
  /** The id of the user; undefined for a key of the account's root. */
  user: string | undefined;
  secret: string;
  active: boolean;
  created: number;
  lastUsed: LastUsed | undefined;
}

export interface LastUsed {
  date: number;
  region: string;
  /** Undefined of roles. */
  service?: string;
}

interface Row {
  id: string;
  account: string;
  region: string;
  user: string | null;
  secret: string;
  active: number;
  created: number;
  lastUsed: string | null;
}

const SELECT =
  'SELECT id, account, region, user, secret, active, created, last_used AS lastUsed FROM iam_access_keys';

/** The keys that were made here and sign for a user, or for an account's root. */
export class AccessKeyTable {
  readonly #get: Statement<Row>;
  readonly #of: Statement<Row>;
  readonly #insert: Statement<never>;
  readonly #setActive: Statement<never>;
  readonly #setUsed: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#get = database.prepare(`${SELECT} WHERE id = ?`);
    this.#of = database.prepare(
      `${SELECT} WHERE account = ? AND region = ? AND user IS ? ORDER BY created, id`,
    );
    this.#insert = database.prepare(
      'INSERT INTO iam_access_keys (id, account, region, user, secret, active, created) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#setActive = database.prepare('UPDATE iam_access_keys SET active = ? WHERE id = ?');
    this.#setUsed = database.prepare('UPDATE iam_access_keys SET last_used = ? WHERE id = ?');
    this.#remove = database.prepare('DELETE FROM iam_access_keys WHERE id = ?');
  }

  get(id: string): AccessKey | undefined {
    const row = this.#get.get(id);
    return row && read(row);
  }

  /** The oldest first. `user` is undefined for root's. */
  of(home: Home, user: string | undefined): AccessKey[] {
    return this.#of.all(home.account, regionOf(home), user ?? null).map(read);
  }

  insert({ id, home, user, secret, active, created }: AccessKey): void {
    this.#insert.run(id, home.account, regionOf(home), user ?? null, secret, Number(active), created);
  }

  setActive(id: string, active: boolean): void {
    this.#setActive.run(Number(active), id);
  }

  setLastUsed(id: string, used: LastUsed): void {
    this.#setUsed.run(JSON.stringify(used), id);
  }

  remove(id: string): void {
    this.#remove.run(id);
  }
}

function read({ account, region, user, active, lastUsed, ...row }: Row): AccessKey {
  return {
    ...row,
    home: homeIn(account, region),
    user: user ?? undefined,
    active: active === 1,
    lastUsed: lastUsed === null ? undefined : (JSON.parse(lastUsed) as LastUsed),
  };
}
