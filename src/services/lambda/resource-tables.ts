/** What hangs on a function, or on one version or alias of it; `$LATEST` stands for the function itself. */
function attached(table: string, more = ''): string {
  return `
  CREATE TABLE ${table} (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    record TEXT NOT NULL,${more}
    PRIMARY KEY (account, region, function, qualifier),
    FOREIGN KEY (account, region, function) REFERENCES lambda_functions (account, region, name) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER ${table}_of_version AFTER DELETE ON lambda_versions BEGIN
    DELETE FROM ${table} WHERE account = OLD.account AND region = OLD.region AND function = OLD.function
      AND qualifier = CAST(OLD.number AS TEXT);
  END;
  CREATE TRIGGER ${table}_of_alias AFTER DELETE ON lambda_aliases BEGIN
    DELETE FROM ${table} WHERE account = OLD.account AND region = OLD.region AND function = OLD.function
      AND qualifier = OLD.name;
  END;
`;
}

/** What stands for itself, by an id or a name. */
function items(table: string): string {
  return `
  CREATE TABLE ${table} (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (account, region, id)
  ) STRICT, WITHOUT ROWID;
`;
}

/** Tables of all that is not a function, a version or an alias. */
export const RESOURCE_TABLES = `
  CREATE TABLE lambda_layers (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    -- the number of the version that was published last; numbers are never given twice
    last_version INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE lambda_layer_versions (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    layer TEXT NOT NULL,
    number INTEGER NOT NULL,
    record TEXT NOT NULL,
    -- of the package, lower-case hex
    code_sha256 TEXT NOT NULL,
    code_size INTEGER NOT NULL,
    -- kept for the functions that have it
    deleted INTEGER NOT NULL,
    PRIMARY KEY (account, region, layer, number),
    FOREIGN KEY (account, region, layer) REFERENCES lambda_layers (account, region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lambda_layer_versions_by_code ON lambda_layer_versions (code_sha256, deleted);
  ${attached('lambda_policies')}
  ${attached('lambda_concurrency')}
  ${attached('lambda_provisioned_concurrency')}
  ${attached('lambda_urls', "\n    id TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.id'),")}
  CREATE UNIQUE INDEX lambda_urls_by_id ON lambda_urls (id);
  ${attached('lambda_event_invoke_configs')}
  ${attached('lambda_recursion_configs')}
  ${attached('lambda_runtime_management')}
  ${attached('lambda_function_signing')}
  ${attached('lambda_scaling_configs')}
  ${items('lambda_signing_configs')}
  ${items('lambda_event_source_mappings')}
  ${items('lambda_capacity_providers')}
`;
