import type { PostgresMigration } from '../../store/postgres/index.ts'

/**
 * The broker's tables, in the schema of the database. What publishers lock (`next`) and what the retention moves
 * (`earliest`) stand in tables of their own, so that neither waits for the other; rows that change all the time
 * leave room on their page.
 */
export const postgresBrokerMigrations: readonly PostgresMigration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE eventwright_topics (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  partitions integer NOT NULL
);
CREATE TABLE eventwright_partitions (
  topic integer NOT NULL,
  partition integer NOT NULL,
  next bigint NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 25);
CREATE TABLE eventwright_starts (
  topic integer NOT NULL,
  partition integer NOT NULL,
  earliest bigint NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 25);
CREATE TABLE eventwright_messages (
  topic integer NOT NULL,
  partition integer NOT NULL,
  number bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  key text COLLATE "C",
  headers text NOT NULL,
  value text NOT NULL,
  published bigint NOT NULL,
  PRIMARY KEY (topic, partition, number)
);
CREATE TABLE eventwright_groups (
  name text COLLATE "C" PRIMARY KEY,
  generation bigint NOT NULL
) WITH (fillfactor = 25);
CREATE TABLE eventwright_members (
  consumers text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  topics text NOT NULL,
  expires bigint NOT NULL,
  PRIMARY KEY (consumers, id)
) WITH (fillfactor = 25);
CREATE TABLE eventwright_offsets (
  consumers text COLLATE "C" NOT NULL,
  topic integer NOT NULL,
  partition integer NOT NULL,
  owner text COLLATE "C",
  token bigint NOT NULL,
  committed bigint NOT NULL,
  PRIMARY KEY (consumers, topic, partition)
) WITH (fillfactor = 25)`,
  },
]
