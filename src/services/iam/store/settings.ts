import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, homeIn, regionOf } from '../home.ts';
import type { IssuerKeys } from '../outbound/token-issuers.ts';

/** What an account has one of: its alias, its password policy, its last report. */
export interface AccountSettings {
  alias: string;
  'password-policy': PasswordPolicy;
  'credential-report': { text: string; generated: number };
  'token-version': number;
  'last-accessed-jobs': LastAccessedJob[];
  /** What tells it apart in its URL. */
  'token-issuer': string;
  'token-issuer-keys': IssuerKeys;
  'token-issuer-enabled': boolean;
}

export interface LastAccessedJob {
  id: string;
  arn: string;
  granularity: string;
  created: number;
}

export interface PasswordPolicy {
  minimumLength: number;
  symbols: boolean;
  numbers: boolean;
  uppercase: boolean;
  lowercase: boolean;
  usersMayChange: boolean;
  maxAge?: number | undefined;
  reusePrevention?: number | undefined;
  hardExpiry?: boolean | undefined;
}

export class AccountSettingsTable {
  readonly #get: Statement<{ value: string }>;
  readonly #owners: Statement<{ account: string; region: string }>;
  readonly #set: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#get = database.prepare(
      'SELECT value FROM iam_settings WHERE account = ? AND region = ? AND name = ?',
    );
    this.#owners = database.prepare('SELECT account, region FROM iam_settings WHERE name = ? AND value = ?');
    this.#set = database.prepare(
      `INSERT INTO iam_settings (account, region, name, value) VALUES (?, ?, ?, ?)
       ON CONFLICT (account, region, name) DO UPDATE SET value = excluded.value`,
    );
    this.#remove = database.prepare('DELETE FROM iam_settings WHERE account = ? AND region = ? AND name = ?');
  }

  get<K extends keyof AccountSettings>(home: Home, name: K): AccountSettings[K] | undefined {
    const row = this.#get.get(home.account, regionOf(home), name);
    return row && (JSON.parse(row.value) as AccountSettings[K]);
  }

  /** Which accounts have a setting of this value. */
  owners<K extends keyof AccountSettings>(name: K, value: AccountSettings[K]): Home[] {
    return this.#owners
      .all(name, JSON.stringify(value))
      .map(({ account, region }) => homeIn(account, region));
  }

  set<K extends keyof AccountSettings>(home: Home, name: K, value: AccountSettings[K]): void {
    this.#set.run(home.account, regionOf(home), name, JSON.stringify(value));
  }

  /** False where there was none. */
  remove(home: Home, name: keyof AccountSettings): boolean {
    return this.#remove.run(home.account, regionOf(home), name) > 0;
  }
}
