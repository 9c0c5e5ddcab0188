import { RESOURCE_TABLES } from './resource-tables.ts';

/** The service's own tables; no other service reads them. Part of the schema's history: src/storage/sqlite/migrations.ts. */
export const LAMBDA_TABLES = `
  CREATE TABLE lambda_functions (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    -- the number of the version that was published last; numbers are never given twice
    last_version INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE lambda_versions (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    -- 0 is $LATEST
    number INTEGER NOT NULL,
    record TEXT NOT NULL,
    -- of the package, lower-case hex; none for images
    code_sha256 TEXT,
    code_size INTEGER NOT NULL,
    PRIMARY KEY (account, region, function, number),
    FOREIGN KEY (account, region, function) REFERENCES lambda_functions (account, region, name) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lambda_versions_by_code ON lambda_versions (code_sha256) WHERE code_sha256 IS NOT NULL;

  CREATE TABLE lambda_aliases (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    name TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (account, region, function, name),
    FOREIGN KEY (account, region, function) REFERENCES lambda_functions (account, region, name) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;

  -- invocations of the type Event that are not done with
  CREATE TABLE lambda_async_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    qualifier TEXT,
    partition TEXT NOT NULL,
    request_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    client_context TEXT,
    trace_header TEXT,
    -- milliseconds since 1970
    created REAL NOT NULL,
    due REAL NOT NULL,
    hops INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    throttles INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX lambda_async_events_by_time ON lambda_async_events (due, id);
  CREATE INDEX lambda_async_events_by_function ON lambda_async_events (account, region, function);

  -- of functions and whatever else Lambda lets tag, by its ARN
  CREATE TABLE lambda_tags (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    arn TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, region, arn, key)
  ) STRICT, WITHOUT ROWID;
${RESOURCE_TABLES}`;
