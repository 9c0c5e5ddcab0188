import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, homeIn, regionOf } from '../home.ts';

/** What everything with a name of its own has. */
export interface Entity {
  /** AWS's, such as AROA…; what belongs to the entity refers to it, so that names may change. */
  id: string;
  name: string;
  path: string;
  /** Milliseconds since the epoch, in whole seconds: AWS tells no fraction. */
  created: number;
}

/** The ARN of a permissions boundary, which is kept apart so that the uses of a policy can be counted. */
export interface Bounded {
  boundary?: string | undefined;
}

export interface Located {
  home: Home;
}

interface Row {
  id: string;
  account: string;
  region: string;
  name: string;
  path: string;
  created: number;
  boundary: string | null;
  data: string;
}

const COLUMNS = 'id, account, region, name, path, created, boundary, data';

/** The entities of one kind. Names are looked up whatever their case, as AWS does. */
export class EntityTable<T extends Entity & Bounded> {
  readonly kind: string;
  readonly #find: Statement<Row>;
  readonly #get: Statement<Row>;
  readonly #list: Statement<Row>;
  readonly #count: Statement<{ count: number }>;
  readonly #bounded: Statement<Row>;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database, kind: string) {
    this.kind = kind;
    const from = `SELECT ${COLUMNS} FROM iam_entities`;
    const ours = 'account = ? AND region = ? AND kind = ?';
    this.#find = database.prepare(`${from} WHERE ${ours} AND key = ?`);
    this.#get = database.prepare(`${from} WHERE id = ?`);
    this.#list = database.prepare(`${from} WHERE ${ours} ORDER BY key`);
    this.#count = database.prepare(`SELECT count(*) AS count FROM iam_entities WHERE ${ours}`);
    this.#bounded = database.prepare(`${from} WHERE ${ours} AND boundary = ? ORDER BY key`);
    this.#insert = database.prepare(
      'INSERT INTO iam_entities (account, region, kind, key, name, path, boundary, data, id, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#update = database.prepare(
      'UPDATE iam_entities SET key = ?, name = ?, path = ?, boundary = ?, data = ? WHERE id = ?',
    );
    this.#remove = database.prepare('DELETE FROM iam_entities WHERE id = ?');
  }

  find(home: Home, name: string): T | undefined {
    const row = this.#find.get(home.account, regionOf(home), this.kind, name.toLowerCase());
    return row && this.#read(row);
  }

  /** By its id, wherever it is. */
  get(id: string): (T & Located) | undefined {
    const row = this.#get.get(id);
    if (!row) return undefined;
    return { ...this.#read(row), home: homeIn(row.account, row.region) };
  }

  /** Sorted by name. */
  list(home: Home, pathPrefix = '/'): T[] {
    return this.#list
      .all(home.account, regionOf(home), this.kind)
      .filter((row) => row.path.startsWith(pathPrefix))
      .map((row) => this.#read(row));
  }

  count(home: Home): number {
    return this.#count.get(home.account, regionOf(home), this.kind)!.count;
  }

  /** Those whose permissions boundary is `policyArn`. */
  boundedBy(home: Home, policyArn: string): T[] {
    return this.#bounded
      .all(home.account, regionOf(home), this.kind, policyArn)
      .map((row) => this.#read(row));
  }

  insert(home: Home, entity: T): void {
    const { id, created } = entity;
    const { account } = home;
    this.#insert.run(account, regionOf(home), this.kind, ...this.#values(entity), id, created);
  }

  update(entity: T): void {
    this.#update.run(...this.#values(entity), entity.id);
  }

  /** With all that belongs to it. */
  remove(entity: T): void {
    this.#remove.run(entity.id);
  }

  #values({ id: _id, name, path, created: _created, boundary, ...data }: T) {
    return [name.toLowerCase(), name, path, boundary ?? null, JSON.stringify(data)] as const;
  }

  #read({ id, name, path, created, boundary, data }: Row): T {
    const rest = JSON.parse(data) as object;
    return { ...rest, id, name, path, created, ...(boundary === null ? {} : { boundary }) } as T;
  }
}
