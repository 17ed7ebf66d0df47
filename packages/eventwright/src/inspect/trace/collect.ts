import { type LogQuery, type RecordedEvent, streamOf } from '@eventwright/core'
import { fieldsOf, textIn } from './json-object.ts'
import type { Found, Source } from './sources.ts'

/** Most events of a conversation that are looked at in one store. */
const MOST = 5_000

export interface Collected {
  /** In order of time; of one stream in order of version. */
  readonly found: readonly Found[]
  readonly cut: boolean
}

/**
 * All events of a conversation, and those that its sagas took from elsewhere: an answer that comes from outside belongs
 * to the conversation of who gave it.
 */
export async function collect(
  sources: readonly Source[],
  correlationId: string,
  tenant: string | undefined,
): Promise<Collected> {
  const of = tenant === undefined ? {} : { tenant }
  const pages = await Promise.all(
    sources.map((source) => askOf(source, { correlationId, limit: MOST, ...of })),
  )
  const own = pages.flat()
  const taken = await Promise.all(takenIn(own).map((event) => whereIs(sources, event)))
  const failed = await Promise.all(failuresIn(own).map((query) => askAll(sources, query)))
  const found = once([...own, ...taken, ...failed.flat()]).sort(
    (a, b) => a.event.recordedAt - b.event.recordedAt || a.event.position - b.event.position,
  )
  return { found, cut: pages.some(({ length }) => length >= MOST) }
}

function once(founds: readonly Found[]): Found[] {
  return [...new Map(founds.map((found) => [found.event.id, found])).values()]
}

async function askAll(sources: readonly Source[], query: LogQuery): Promise<readonly Found[]> {
  return (await Promise.all(sources.map((source) => askOf(source, query)))).flat()
}

async function askOf({ name, store }: Source, query: LogQuery): Promise<readonly Found[]> {
  const { events } = await store.readAll({ ...query, raw: true })
  return events.map((event) => ({ service: name, event }))
}

/** The events that sagas tell of and that are not there, each once. */
function takenIn(own: readonly Found[]): readonly RecordedEvent[] {
  const known = new Set(own.map(({ event }) => event.id))
  const taken = new Map<string, RecordedEvent>()
  for (const { event } of own) {
    const copy = isSagaEvent(event) ? copyIn(event) : undefined
    if (copy !== undefined && !known.has(copy.id)) taken.set(copy.id, copy)
  }
  return [...taken.values()]
}

/**
 * What finds the events that failed a step: its saga tells only their type, and they stand in the stream that the step's
 * command went to.
 */
function failuresIn(own: readonly Found[]): readonly LogQuery[] {
  const streams = new Map<string, string>()
  return own.flatMap(({ event: { type, data, tenant, stream: saga, recordedAt } }) => {
    const fields = fieldsOf(data)
    const key = JSON.stringify([tenant, saga, fields.path])
    if (type === 'eventwright.saga.CommandSent') streams.set(key, targetOf(fields.command))
    const failing = textIn(fieldsOf(fields.failure), 'event')
    const stream = streams.get(key)
    if (type !== 'eventwright.saga.StepFailed' || failing === undefined || stream === undefined) return []
    return [{ stream, tenant, types: [failing], until: recordedAt, direction: 'backward', limit: 1 }]
  })
}

function targetOf(command: unknown): string {
  const fields = fieldsOf(command)
  return streamOf(textIn(fields, 'aggregate') ?? '', textIn(fields, 'id') ?? '')
}

/** True for what a saga records in its own stream. */
export function isSagaEvent({ type }: RecordedEvent): boolean {
  return type.startsWith('eventwright.saga.')
}

/** The event that a saga's event is about, as the saga got it. */
export function copyIn({ data, recordedAt, tenant }: RecordedEvent): RecordedEvent | undefined {
  const { answer, start, event } = fieldsOf(data)
  const copy = fieldsOf(answer ?? start ?? event)
  const [id, type, stream] = ['id', 'type', 'stream'].map((name) => textIn(copy, name))
  if (id === undefined || type === undefined || stream === undefined) return undefined
  return {
    id,
    type,
    stream,
    tenant,
    data: copy.data,
    metadata: metadataIn(copy.metadata),
    schemaVersion: wholeIn(copy.schemaVersion, 1),
    version: wholeIn(copy.version, 0),
    position: wholeIn(copy.position, 0),
    recordedAt: wholeIn(copy.recordedAt, recordedAt),
  }
}

function metadataIn(value: unknown): RecordedEvent['metadata'] {
  const fields = fieldsOf(value)
  const texts = ['correlationId', 'causationId', 'commandId', 'saga'].map((name) => [
    name,
    textIn(fields, name),
  ])
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined))
}

function wholeIn(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : otherwise
}

async function whereIs(sources: readonly Source[], copy: RecordedEvent): Promise<Found> {
  for (const source of sources) {
    const [found] = await askOf(source, { id: copy.id, tenant: copy.tenant })
    if (found !== undefined) return found
  }
  return { event: copy }
}
