/** The service's own tables; no other service reads them. Part of the schema's history: src/storage/sqlite/migrations.ts. */
export const LOGS_TABLES = `
  CREATE TABLE log_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    class TEXT NOT NULL,
    retention INTEGER,
    kms_key TEXT,
    -- null: was never set
    protected INTEGER,
    bearer INTEGER,
    -- as of the last count, which AWS also makes now and then
    stored_bytes INTEGER NOT NULL,
    UNIQUE (account, region, name)
  ) STRICT;

  -- An id is never given twice, so that what is left of a deleted stream can be removed at leisure.
  CREATE TABLE log_streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    first_event INTEGER,
    last_event INTEGER,
    last_ingestion INTEGER,
    bytes INTEGER NOT NULL,
    UNIQUE (group_id, name)
  ) STRICT;
  CREATE INDEX log_streams_by_event ON log_streams (group_id, last_event, name);

  -- There may be millions of these: a stream tells account and region, and the key is the order of reading.
  CREATE TABLE log_events (
    stream INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ingested INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (stream, timestamp, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log_sequence (next INTEGER NOT NULL) STRICT;
  INSERT INTO log_sequence (next) VALUES (1);

  -- Deleted streams whose events are still to be removed.
  CREATE TABLE log_removals (stream INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL) STRICT;

  -- What else is stored: filters, policies, query definitions, … as JSON. The parent is a group's name, or empty.
  CREATE TABLE log_documents (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, parent, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE log_tags (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    -- the resource, without what follows a group's name in its other ARN
    arn TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, region, arn, key)
  ) STRICT, WITHOUT ROWID;
`;
