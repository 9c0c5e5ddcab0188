import { IAM_TABLES } from '../../services/iam/tables.ts';
import { DURABLE_DATA, DURABLE_TABLES } from '../../services/lambda/durable/tables.ts';
import { LAMBDA_TABLES } from '../../services/lambda/tables.ts';
import { LOGS_TABLES } from '../../services/logs/tables.ts';

/** One step of the schema. Its number is its place in the list, from 1, and becomes the file's `user_version`. */
export interface Migration {
  /** What it brings, for error messages and readers. */
  name: string;
  sql: string;
}

/**
 * Every change the schema went through, in order. A published step is never edited: a change is a new step.
 *
 * Every row that belongs to a user carries `account` and `region`, as the AWS API addresses things by them.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'functions, objects, journal, workloads, settings',
    sql: `
      CREATE TABLE functions (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        title TEXT NOT NULL,
        runtime TEXT NOT NULL,
        version TEXT NOT NULL,
        -- code that came through the API
        sha256 TEXT,
        -- code in a folder of the user's
        directory TEXT,
        entry TEXT,
        path TEXT,
        -- how that folder is watched: whether on a timer, and a JSON array of patterns
        poll INTEGER NOT NULL,
        ignored TEXT,
        disabled INTEGER NOT NULL,
        reg_date TEXT NOT NULL,
        update_date TEXT NOT NULL,
        CHECK ((sha256 IS NULL) <> (directory IS NULL)),
        CHECK ((directory IS NULL) = (entry IS NULL) AND (directory IS NULL) = (path IS NULL))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX functions_by_date ON functions (account, region, reg_date, id) WHERE disabled = 0;
      CREATE INDEX functions_by_path ON functions (path) WHERE disabled = 0 AND path IS NOT NULL;

      CREATE TABLE objects (
        bucket TEXT NOT NULL,
        key TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        content_type TEXT NOT NULL,
        modified TEXT NOT NULL,
        PRIMARY KEY (bucket, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX objects_by_content ON objects (sha256);

      CREATE TABLE journal (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;
      CREATE TABLE sequences (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE workloads (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
  { name: 'CloudWatch Logs', sql: LOGS_TABLES },
  { name: 'IAM', sql: IAM_TABLES },
  { name: 'Lambda', sql: LAMBDA_TABLES },
  { name: 'durable executions of Lambda', sql: DURABLE_TABLES },
  { name: 'data of durable executions', sql: DURABLE_DATA },
];
