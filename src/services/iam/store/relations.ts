import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, regionOf } from '../home.ts';
import type { Entity } from './entities.ts';

/** Which managed policies are attached to which users, groups and roles. */
export class AttachmentTable {
  readonly #of: Statement<{ arn: string }>;
  readonly #to: Statement<{ entity: string }>;
  readonly #counts: Statement<{ arn: string; count: number }>;
  readonly #add: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#of = database.prepare(
      'SELECT policy_arn AS arn FROM iam_attachments WHERE entity = ? ORDER BY seq',
    );
    this.#to = database.prepare(
      'SELECT entity FROM iam_attachments WHERE account = ? AND region = ? AND policy_arn = ? ORDER BY seq',
    );
    this.#counts = database.prepare(
      'SELECT policy_arn AS arn, count(*) AS count FROM iam_attachments WHERE account = ? AND region = ? GROUP BY policy_arn',
    );
    this.#add = database.prepare(
      'INSERT INTO iam_attachments (account, region, entity, policy_arn) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#remove = database.prepare('DELETE FROM iam_attachments WHERE entity = ? AND policy_arn = ?');
  }

  /** The ARNs of what is attached to an entity, in the order in which it was. */
  of({ id }: Entity): string[] {
    return this.#of.all(id).map(({ arn }) => arn);
  }

  /** The ids of what a policy is attached to. */
  to(home: Home, policyArn: string): Set<string> {
    const rows = this.#to.all(home.account, regionOf(home), policyArn);
    return new Set(rows.map(({ entity }) => entity));
  }

  /** How often each policy is attached. */
  counts(home: Home): Map<string, number> {
    const rows = this.#counts.all(home.account, regionOf(home));
    return new Map(rows.map(({ arn, count }) => [arn, count]));
  }

  add(home: Home, { id }: Entity, policyArn: string): void {
    this.#add.run(home.account, regionOf(home), id, policyArn);
  }

  /** False where it was not attached. */
  remove({ id }: Entity, policyArn: string): boolean {
    return this.#remove.run(id, policyArn) > 0;
  }
}

export interface InlinePolicy {
  name: string;
  document: string;
}

/** Policies that are part of a user, a group or a role. */
export class InlinePolicyTable {
  readonly #find: Statement<InlinePolicy>;
  readonly #of: Statement<InlinePolicy>;
  readonly #put: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#find = database.prepare(
      'SELECT name, document FROM iam_inline_policies WHERE entity = ? AND key = ?',
    );
    this.#of = database.prepare(
      'SELECT name, document FROM iam_inline_policies WHERE entity = ? ORDER BY key',
    );
    this.#put = database.prepare(
      `INSERT INTO iam_inline_policies (account, region, entity, key, name, document) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (entity, key) DO UPDATE SET document = excluded.document`,
    );
    this.#remove = database.prepare('DELETE FROM iam_inline_policies WHERE entity = ? AND key = ?');
  }

  find({ id }: Entity, name: string): InlinePolicy | undefined {
    return this.#find.get(id, name.toLowerCase());
  }

  /** Sorted by name. */
  of({ id }: Entity): InlinePolicy[] {
    return this.#of.all(id);
  }

  put(home: Home, { id }: Entity, { name, document }: InlinePolicy): void {
    this.#put.run(home.account, regionOf(home), id, name.toLowerCase(), name, document);
  }

  /** False where there was none. */
  remove({ id }: Entity, name: string): boolean {
    return this.#remove.run(id, name.toLowerCase()) > 0;
  }
}

/** The users of groups, and the roles of instance profiles. */
export class MemberTable {
  readonly #members: Statement<{ id: string }>;
  readonly #wholes: Statement<{ id: string }>;
  readonly #add: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#members = database.prepare(
      'SELECT member AS id FROM iam_members JOIN iam_entities ON id = member WHERE whole = ? ORDER BY key',
    );
    this.#wholes = database.prepare(
      'SELECT whole AS id FROM iam_members JOIN iam_entities ON id = whole WHERE member = ? AND kind = ? ORDER BY key',
    );
    this.#add = database.prepare(
      'INSERT INTO iam_members (account, region, whole, member) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#remove = database.prepare('DELETE FROM iam_members WHERE whole = ? AND member = ?');
  }

  /** The ids of the members of a group or an instance profile, sorted by name. */
  of({ id }: Entity): string[] {
    return this.#members.all(id).map((row) => row.id);
  }

  /** The ids of the groups or the instance profiles that something is a member of, sorted by name. */
  around({ id }: Entity, kind: string): string[] {
    return this.#wholes.all(id, kind).map((row) => row.id);
  }

  add(home: Home, whole: Entity, member: Entity): void {
    this.#add.run(home.account, regionOf(home), whole.id, member.id);
  }

  /** False where it was no member. */
  remove(whole: Entity, member: Entity): boolean {
    return this.#remove.run(whole.id, member.id) > 0;
  }
}
