import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { type Home, regionOf } from '../home.ts';

/** What an account has one of: its alias, its password policy, its last report. */
export interface AccountSettings {
  alias: string;
  'password-policy': PasswordPolicy;
  'credential-report': { text: string; generated: number };
  'token-version': number;
  'last-accessed-jobs': LastAccessedJob[];
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
  readonly #owner: Statement<{ account: string }>;
  readonly #set: Statement<never>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#get = database.prepare(
      'SELECT value FROM iam_settings WHERE account = ? AND region = ? AND name = ?',
    );
    this.#owner = database.prepare(
      'SELECT account FROM iam_settings WHERE region = ? AND name = ? AND value = ?',
    );
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

  /** Which account has a setting of this value. */
  owner<K extends keyof AccountSettings>(home: Home, name: K, value: AccountSettings[K]): string | undefined {
    return this.#owner.get(regionOf(home), name, JSON.stringify(value))?.account;
  }

  set<K extends keyof AccountSettings>(home: Home, name: K, value: AccountSettings[K]): void {
    this.#set.run(home.account, regionOf(home), name, JSON.stringify(value));
  }

  /** False where there was none. */
  remove(home: Home, name: keyof AccountSettings): boolean {
    return this.#remove.run(home.account, regionOf(home), name) > 0;
  }
}
