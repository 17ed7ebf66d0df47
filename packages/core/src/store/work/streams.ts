import type { NewEvent, PendingEvent, RecordedEvent } from '../../event/index.ts'
import { EventIdReused } from '../errors.ts'
import type { Expect, ReadOptions, StreamSlice } from '../event-store.ts'
import { checkStream } from '../names.ts'
import { rangeOf } from '../range.ts'
import { checkExpect, checkExpectIsOne, meetIds } from '../settle/index.ts'
import { recorded, type StoredEvent } from '../stored.ts'
import type { Tx, TxAppendResult } from '../transaction.ts'
import type { PreparedEvent } from '../unit.ts'
import { refuseEnded, underWay, type WorkContext } from './context.ts'

/** Where an event of this unit stands, in the shape in which the log's are compared. */
interface Buffered {
  readonly pending: PendingEvent
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly data: string
}

type Met = Buffered | StoredEvent

interface Streams {
  readonly context: WorkContext
  /** Versions as first seen: the work sees one version of a stream, whoever commits meanwhile. */
  readonly bases: Map<string, Promise<number>>
  readonly buffers: Map<string, PendingEvent[]>
  readonly byId: Map<string, Buffered>
}

/** What was appended in this run, in order. */
export interface StreamWork extends Pick<Tx, 'append' | 'read'> {
  readonly appended: readonly PendingEvent[]
}

export function streamWork(context: WorkContext): StreamWork {
  const streams: Streams = { context, bases: new Map(), buffers: new Map(), byId: new Map() }
  const appended: PendingEvent[] = []
  return {
    appended,
    append: (stream, events, options) =>
      underWay(context, async () => {
        const result = await append(streams, stream, events, options?.expect ?? 'any')
        if (!result.duplicate) appended.push(...result.events)
        return result
      }),
    read: (stream, options) => underWay(context, () => read(streams, stream, options ?? {})),
  }
}

async function append(
  streams: Streams,
  stream: string,
  events: readonly NewEvent[],
  expect: Expect,
): Promise<TxAppendResult> {
  const { context, buffers } = streams
  refuseEnded(context)
  checkStream(stream)
  checkExpectIsOne(expect)
  const prepared = context.prepare(context.unit.tenant, stream, events)
  const base = await baseVersion(streams, stream)
  const met = await findAgain(streams, stream, prepared)
  if (met !== undefined) return met
  const buffer = buffers.get(stream) ?? []
  checkExpect(stream, expect, base + buffer.length)
  const first = base + buffer.length + 1
  const pending = prepared.map((event, index) => place(streams, stream, event, first + index))
  buffers.set(stream, [...buffer, ...pending])
  if (prepared.length > 0) context.unit.writes.appends.push({ stream, events: prepared, expect: 'any' })
  return { version: base + buffer.length + pending.length, events: pending, duplicate: false }
}

function baseVersion({ context, bases }: Streams, stream: string): Promise<number> {
  const known = bases.get(stream)
  if (known !== undefined) return known
  return remember(context, bases, stream, context.engine.version(context.unit.tenant, stream))
}

function remember(
  { unit }: WorkContext,
  bases: Streams['bases'],
  stream: string,
  asking: Promise<number>,
): Promise<number> {
  const base = asking.then((version) => {
    unit.reads.streams.set(stream, version)
    return version
  })
  bases.set(stream, base)
  return base
}

function place(
  { context, byId }: Streams,
  stream: string,
  event: PreparedEvent,
  version: number,
): PendingEvent {
  const { id, type, data, schemaVersion, metadata, text } = event
  const { tenant } = context.unit
  const pending: PendingEvent = { id, type, data, schemaVersion, metadata, tenant, stream, version }
  byId.set(id, { pending, stream, version, type, data: text.data })
  return pending
}

/** An append that was made before: in the log, which makes the whole unit a duplicate, or in this run. */
async function findAgain(
  streams: Streams,
  stream: string,
  events: readonly PreparedEvent[],
): Promise<TxAppendResult | undefined> {
  const { context, byId } = streams
  const ids = events.filter((event) => !event.fresh && !byId.has(event.id)).map((event) => event.id)
  const found = ids.length === 0 ? [] : await context.engine.eventsById(context.unit.tenant, ids)
  const stored = new Map(found.map((event) => [event.id, event]))
  const met = meetIds<Met>(stream, events, (id) => byId.get(id) ?? stored.get(id))
  const last = met?.at(-1)
  if (met === undefined || last === undefined) return undefined
  const pending = met.flatMap((event) => ('pending' in event ? [event.pending] : []))
  if (pending.length === met.length) return { version: last.version, events: pending, duplicate: false }
  if (pending.length > 0)
    throw new EventIdReused(pending[0]?.id ?? '', 'is half in the log, half in this unit')
  context.duplicate = true
  const before = met.flatMap((event) => ('pending' in event ? [] : [context.upcast(recorded(event))]))
  return { version: last.version, events: before, duplicate: true }
}

async function read(
  streams: Streams,
  stream: string,
  options: Omit<ReadOptions, 'tenant'>,
): Promise<StreamSlice<PendingEvent>> {
  const { context, bases, buffers } = streams
  refuseEnded(context)
  checkStream(stream)
  const range = rangeOf(options)
  const asking = context.engine.stream(context.unit.tenant, stream, range)
  const base = await (bases.get(stream) ??
    remember(
      context,
      bases,
      stream,
      asking.then(({ version }) => version),
    ))
  const slice = await asking
  const buffer = buffers.get(stream) ?? []
  const stored = await upTo(base, slice.events, () =>
    context.engine.stream(context.unit.tenant, stream, { ...range, to: Math.min(range.to, base) }),
  )
  const committed: PendingEvent[] = stored.map(context.upcast)
  const own = buffer.filter(({ version }) => version >= range.from && version <= range.to)
  const events = range.backward ? [...own.reverse(), ...committed] : [...committed, ...own]
  return { events: events.slice(0, range.limit), version: base + buffer.length }
}

/** The stream may have grown since its version was first seen: then it is read again up to there. */
async function upTo(
  base: number,
  events: readonly RecordedEvent[],
  again: () => Promise<{ readonly events: readonly RecordedEvent[] }>,
): Promise<readonly RecordedEvent[]> {
  if (events.every(({ version }) => version <= base)) return events
  return (await again()).events
}
