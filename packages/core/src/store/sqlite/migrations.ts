import type { Migration } from './migrate.ts'

/** The store's own tables, in the order in which releases added to them. */
export const storeMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE eventwright_log (
  epoch TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO eventwright_log (epoch, revision) VALUES (lower(hex(randomblob(16))), 0);

-- A stream's version is that of its last event, which the index gives: rows here are written once.
CREATE TABLE eventwright_streams (
  key INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (tenant, name)
) STRICT;

-- id: 16 bytes for a UUID, text for any other.
CREATE TABLE eventwright_events (
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  version INTEGER NOT NULL,
  id ANY NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX eventwright_events_stream ON eventwright_events (stream, version);
CREATE INDEX eventwright_events_id ON eventwright_events (id);

CREATE TABLE eventwright_commands (
  stream INTEGER NOT NULL,
  id ANY NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventwright_documents (
  tenant TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant, collection, id)
) STRICT;

CREATE TABLE eventwright_inbox_marks (
  tenant TEXT NOT NULL,
  consumer TEXT NOT NULL,
  topic TEXT NOT NULL,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, consumer, topic, epoch, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventwright_inbox_ids (
  tenant TEXT NOT NULL,
  consumer TEXT NOT NULL,
  id TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (tenant, consumer, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX eventwright_inbox_ids_expires ON eventwright_inbox_ids (expires);

CREATE TABLE eventwright_checkpoints (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventwright_timers (
  tenant TEXT NOT NULL,
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  due INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (tenant, owner, id)
) STRICT;
CREATE INDEX eventwright_timers_due ON eventwright_timers (due, revision);
CREATE INDEX eventwright_timers_owner_due ON eventwright_timers (owner, due, revision);

CREATE TABLE eventwright_fences (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  token INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventwright_leases (
  name TEXT PRIMARY KEY,
  holder TEXT,
  token INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
  },
  {
    version: 2,
    indexesOnly: true,
    // Of an expression, not of a column, so that what a process of the release before appends is in it too.
    sql: `
CREATE INDEX eventwright_events_correlation ON eventwright_events (json_extract(metadata, '$.correlationId'));
`,
  },
]
