/**
 * The service's own tables; no other service reads them. Part of the schema's history: src/storage/sqlite/migrations.ts.
 *
 * IAM is global: `region` is a partition's `aws-global`, so that all regions of it see the same.
 */
export const IAM_TABLES = `
  -- users, groups, roles, policies, …: what has a name of its own
  CREATE TABLE iam_entities (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- names differ in more than their case
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    created INTEGER NOT NULL,
    -- the ARN of a permissions boundary
    boundary TEXT,
    data TEXT NOT NULL,
    UNIQUE (account, region, kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX iam_entities_by_boundary ON iam_entities (boundary) WHERE boundary IS NOT NULL;

  CREATE TABLE iam_attachments (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    entity TEXT NOT NULL REFERENCES iam_entities (id) ON DELETE CASCADE,
    policy_arn TEXT NOT NULL,
    seq INTEGER PRIMARY KEY,
    UNIQUE (entity, policy_arn)
  ) STRICT;
  CREATE INDEX iam_attachments_by_policy ON iam_attachments (account, region, policy_arn);

  CREATE TABLE iam_inline_policies (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    entity TEXT NOT NULL REFERENCES iam_entities (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (entity, key)
  ) STRICT, WITHOUT ROWID;

  -- users of groups, roles of instance profiles
  CREATE TABLE iam_members (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    whole TEXT NOT NULL REFERENCES iam_entities (id) ON DELETE CASCADE,
    member TEXT NOT NULL REFERENCES iam_entities (id) ON DELETE CASCADE,
    PRIMARY KEY (whole, member)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX iam_members_by_member ON iam_members (member);

  -- of a user, or of the account's root
  CREATE TABLE iam_access_keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    user TEXT REFERENCES iam_entities (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    active INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_used TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX iam_access_keys_by_user ON iam_access_keys (account, region, user);

  -- what else a user has: SSH keys, signing certificates, credentials of one service
  CREATE TABLE iam_credentials (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES iam_entities (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX iam_credentials_by_user ON iam_credentials (user, kind);

  CREATE TABLE iam_settings (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
  ) STRICT, WITHOUT ROWID;
`;
