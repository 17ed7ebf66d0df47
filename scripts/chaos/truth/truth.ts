import { join } from 'node:path'
import { BROKER_FILE, type LayoutName, storeFiles } from '../layout.ts'
import { rowsOf } from './database.ts'
import { type LoggedEvent, logOf } from './log.ts'

/** A message as the broker's table holds it. */
export interface SentMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly id: string
  readonly key: string | null
  readonly value: { readonly [name: string]: unknown }
}

/** A group's place in a partition. */
export interface Place {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly committed: number
  readonly next: number
}

export interface StoreTruth {
  readonly file: string
  readonly log: readonly LoggedEvent[]
  readonly checkpoints: ReadonlyMap<string, number>
  readonly documents: readonly { readonly collection: string; readonly id: string; readonly value: string }[]
  readonly timers: readonly { readonly owner: string; readonly id: string }[]
  readonly marks: readonly {
    readonly consumer: string
    readonly topic: string
    readonly stream: string
    readonly version: number
  }[]
}

/** What stands in the files, read without the runtime. */
export interface Truth {
  readonly stores: readonly StoreTruth[]
  /** Of all stores. */
  readonly events: readonly LoggedEvent[]
  readonly messages: readonly SentMessage[]
  readonly places: readonly Place[]
}

export function truthOf(folder: string, layout: LayoutName): Truth {
  const stores = storeFiles(layout).map((file) => storeTruth(folder, file))
  const broker = join(folder, BROKER_FILE)
  return {
    stores,
    events: stores.flatMap(({ log }) => log),
    messages: messagesOf(broker),
    places: rowsOf<Place>(
      broker,
      `SELECT o.consumers AS "group", t.name AS topic, o.partition, o.committed, p.next
       FROM eventwright_offsets o JOIN eventwright_topics t ON t.id = o.topic
       JOIN eventwright_partitions p ON p.topic = o.topic AND p.partition = o.partition`,
    ),
  }
}

function storeTruth(folder: string, name: string): StoreTruth {
  const file = join(folder, name)
  const checkpoints = rowsOf<{ name: string; position: number }>(
    file,
    "SELECT name, position FROM eventwright_checkpoints WHERE tenant = ''",
  )
  return {
    file: name,
    log: logOf(file),
    checkpoints: new Map(checkpoints.map((row) => [row.name, row.position])),
    documents: rowsOf(file, 'SELECT collection, id, value FROM eventwright_documents'),
    timers: rowsOf(file, 'SELECT owner, id FROM eventwright_timers'),
    marks: rowsOf(file, 'SELECT consumer, topic, stream, version FROM eventwright_inbox_marks'),
  }
}

function messagesOf(file: string): readonly SentMessage[] {
  const rows = rowsOf<Omit<SentMessage, 'value'> & { value: string }>(
    file,
    `SELECT t.name AS topic, m.partition, m.number AS offset, m.id, m.key, m.value
     FROM eventwright_messages m JOIN eventwright_topics t ON t.id = m.topic
     ORDER BY t.name, m.partition, m.number`,
  )
  return rows.map((row) => ({ ...row, value: JSON.parse(row.value) }))
}
