import type { Migration } from '../../store/sqlite/index.ts'

/**
 * The broker's tables. `pulse` counts up with every publish and every change of a group; what it was at a
 * topic's or group's last change says cheaply who has something to look at.
 */
export const brokerMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE eventwright_pulse (one INTEGER PRIMARY KEY CHECK (one = 1), pulse INTEGER NOT NULL);
INSERT INTO eventwright_pulse VALUES (1, 0);
CREATE TABLE eventwright_topics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  partitions INTEGER NOT NULL,
  pulse INTEGER NOT NULL
);
CREATE TABLE eventwright_partitions (
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  next INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE eventwright_messages (
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  number INTEGER NOT NULL,
  id TEXT NOT NULL,
  key TEXT,
  headers TEXT NOT NULL,
  value TEXT NOT NULL,
  published INTEGER NOT NULL,
  PRIMARY KEY (topic, partition, number)
) WITHOUT ROWID;
CREATE TABLE eventwright_groups (name TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE eventwright_members (
  consumers TEXT NOT NULL,
  id TEXT NOT NULL,
  topics TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (consumers, id)
) WITHOUT ROWID;
CREATE TABLE eventwright_offsets (
  consumers TEXT NOT NULL,
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  owner TEXT,
  token INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  PRIMARY KEY (consumers, topic, partition)
) WITHOUT ROWID`,
  },
]
