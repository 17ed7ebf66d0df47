import type { EngineView, ViewedDocument, ViewQuery } from '../view.ts'
import type { SqliteConnection } from './connection.ts'
import { lastPosition } from './rows.ts'

type Checkpoint = EngineView['checkpoints'][number]

/** Reads all of it in the one snapshot that `db` stands in. */
export function viewOf(db: SqliteConnection, { checkpoint, collections }: ViewQuery): EngineView {
  return {
    head: lastPosition(db),
    checkpoints: db.all<Checkpoint>(
      'SELECT tenant, position, epoch FROM eventwright_checkpoints WHERE name = ?',
      checkpoint,
    ),
    documents: db.all<ViewedDocument>(
      `SELECT tenant, collection, id, value AS text FROM eventwright_documents
       WHERE collection IN (SELECT value FROM json_each(?))`,
      JSON.stringify(collections),
    ),
  }
}
