import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, regionOf } from '../home.ts';
import type { Entity } from './entities.ts';

export interface UserCredential {
  id: string;
  created: number;
  active: boolean;
}

interface Row {
  id: string;
  created: number;
  data: string;
}

/** Credentials of one kind that users have beside access keys. */
export class CredentialTable<T extends UserCredential> {
  readonly #kind: string;
  readonly #find: Statement<Row>;
  readonly #of: Statement<Row>;
  readonly #all: Statement<Row & { user: string }>;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database, kind: string) {
    this.#kind = kind;
    const from = 'SELECT id, created, data FROM iam_credentials';
    this.#find = database.prepare(`${from} WHERE kind = ? AND user = ? AND id = ?`);
    this.#of = database.prepare(`${from} WHERE kind = ? AND user = ? ORDER BY created, id`);
    this.#all = database.prepare(
      'SELECT id, created, data, user FROM iam_credentials WHERE kind = ? AND account = ? AND region = ? ORDER BY created, id',
    );
    this.#insert = database.prepare(
      'INSERT INTO iam_credentials (id, account, region, kind, user, created, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#update = database.prepare('UPDATE iam_credentials SET data = ? WHERE id = ?');
    this.#remove = database.prepare('DELETE FROM iam_credentials WHERE id = ?');
  }

  find(user: Entity, id: string): T | undefined {
    const row = this.#find.get(this.#kind, user.id, id);
    return row && read<T>(row);
  }

  /** The oldest first. */
  of(user: Entity): T[] {
    return this.#of.all(this.#kind, user.id).map((row) => read<T>(row));
  }

  /** Of all users of an account, each with the user's id. */
  all(home: Home): (T & { user: string })[] {
    return this.#all
      .all(this.#kind, home.account, regionOf(home))
      .map((row) => ({ ...read<T>(row), user: row.user }));
  }

  insert(home: Home, user: Entity, { id, created, ...data }: T): void {
    const { account } = home;
    this.#insert.run(id, account, regionOf(home), this.#kind, user.id, created, JSON.stringify(data));
  }

  update({ id, created: _created, ...data }: T): void {
    this.#update.run(JSON.stringify(data), id);
  }

  remove({ id }: T): void {
    this.#remove.run(id);
  }
}

function read<T>({ id, created, data }: Row): T {
  return { ...(JSON.parse(data) as object), id, created } as T;
}
