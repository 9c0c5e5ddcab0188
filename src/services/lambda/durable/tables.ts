/** Executions of durable functions. Part of the schema's history: src/storage/sqlite/migrations.ts. */
export const DURABLE_TABLES = `
  CREATE TABLE lambda_durable_executions (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    -- the last part of the ARN
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    -- milliseconds since 1970
    started REAL NOT NULL,
    -- when it is to be looked at again: for a timer, its time-out or, after its end, to be forgotten
    due REAL,
    input TEXT NOT NULL,
    outcome TEXT,
    record TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX lambda_durable_executions_by_name ON lambda_durable_executions (account, region, function, name);
  CREATE INDEX lambda_durable_executions_by_start ON lambda_durable_executions (account, region, function, started, key);
  CREATE INDEX lambda_durable_executions_by_time ON lambda_durable_executions (due) WHERE due IS NOT NULL;

  CREATE TABLE lambda_durable_operations (
    execution INTEGER NOT NULL REFERENCES lambda_durable_executions (key) ON DELETE CASCADE,
    -- in the order in which they started
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    -- which change of the execution was its last
    changed INTEGER NOT NULL,
    due REAL,
    -- as the function gets it, and what we know beside that
    operation TEXT NOT NULL,
    plan TEXT,
    PRIMARY KEY (execution, number),
    UNIQUE (execution, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lambda_durable_operations_by_change ON lambda_durable_operations (execution, changed);
  CREATE INDEX lambda_durable_operations_by_time ON lambda_durable_operations (execution, due) WHERE due IS NOT NULL;

  CREATE TABLE lambda_durable_events (
    execution INTEGER NOT NULL REFERENCES lambda_durable_executions (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (execution, number)
  ) STRICT, WITHOUT ROWID;
`;

/** What an execution was given and came to, which may be large: apart from the row that every checkpoint writes. */
export const DURABLE_DATA = `
  CREATE TABLE lambda_durable_data (
    execution INTEGER PRIMARY KEY REFERENCES lambda_durable_executions (key) ON DELETE CASCADE,
    input TEXT NOT NULL,
    outcome TEXT
  ) STRICT;
  INSERT INTO lambda_durable_data (execution, input, outcome) SELECT key, input, outcome FROM lambda_durable_executions;
  ALTER TABLE lambda_durable_executions DROP COLUMN input;
  ALTER TABLE lambda_durable_executions DROP COLUMN outcome;
`;
