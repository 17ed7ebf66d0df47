import type { Rows } from './database.ts'
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

/** What stands there, read without the runtime. */
export interface Truth {
  readonly stores: readonly StoreTruth[]
  /** Of all stores. */
  readonly events: readonly LoggedEvent[]
  readonly messages: readonly SentMessage[]
  readonly places: readonly Place[]
}

/** Where stores and broker can be read: a store by the name that offences give it. */
export interface Places {
  readonly stores: ReadonlyMap<string, Rows>
  readonly broker: () => Promise<Sent>
}

/** What a broker holds. */
export type Sent = Pick<Truth, 'messages' | 'places'>

export async function truthOf({ stores, broker }: Places): Promise<Truth> {
  const read = await Promise.all([...stores].map(([name, rows]) => storeTruth(name, rows)))
  return { stores: read, events: read.flatMap(({ log }) => log), ...(await broker()) }
}

async function storeTruth(name: string, rows: Rows): Promise<StoreTruth> {
  const checkpoints = await rows<{ name: string; position: number }>(
    "SELECT name, position FROM eventwright_checkpoints WHERE tenant = ''",
  )
  return {
    file: name,
    log: await logOf(rows),
    checkpoints: new Map(checkpoints.map((row) => [row.name, row.position])),
    documents: await rows('SELECT collection, id, value FROM eventwright_documents'),
    timers: await rows('SELECT owner, id FROM eventwright_timers'),
    marks: await rows('SELECT consumer, topic, stream, version FROM eventwright_inbox_marks'),
  }
}

/** What stands in the tables of a broker of ours. */
export async function sentIn(rows: Rows): Promise<Sent> {
  const messages = await rows<Omit<SentMessage, 'value'> & { value: string }>(
    `SELECT t.name AS topic, m.partition, m.number AS "offset", m.id, m.key, m.value
     FROM eventwright_messages m JOIN eventwright_topics t ON t.id = m.topic
     ORDER BY t.name, m.partition, m.number`,
  )
  const places = await rows<Place>(
    `SELECT o.consumers AS "group", t.name AS topic, o.partition, o.committed, p.next
     FROM eventwright_offsets o JOIN eventwright_topics t ON t.id = o.topic
     JOIN eventwright_partitions p ON p.topic = o.topic AND p.partition = o.partition`,
  )
  return { messages: messages.map((row) => ({ ...row, value: JSON.parse(row.value) })), places }
}
