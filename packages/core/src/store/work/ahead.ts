import type { EngineStreamSlice, StreamRange, UnitEngine } from '../engine.ts'
import { pair } from '../settle/index.ts'
import type { Tx } from '../transaction.ts'
import type { WorkContext } from './context.ts'

/** What a unit of work is about to read. */
export interface Ahead {
  /** Each from a version on. */
  readonly streams?: readonly { readonly stream: string; readonly from: number }[]
  /** Streams of which nothing but the version is asked for. */
  readonly versions?: readonly string[]
  readonly commands?: readonly { readonly stream: string; readonly commandId: string }[]
  readonly documents?: readonly { readonly collection: string; readonly id: string }[]
}

/** Events of a stream that are fetched ahead: of a longer one the rest is read when it is asked for. */
const MOST = 64

const contexts = new WeakMap<Tx, WorkContext>()

export function mayLookAhead(tx: Tx, context: WorkContext): void {
  if (context.engine.distant) contexts.set(tx, context)
}

/**
 * Asks at once for what the work is about to read one by one, where each question is a round trip. It is no read of
 * the unit until the work makes it one, and like all reads it is compared with what stands at the flush.
 * False where a question is no round trip, so that nothing was asked.
 */
export function lookAhead(tx: Tx, about: () => readonly Ahead[]): boolean {
  const context = contexts.get(tx)
  if (context === undefined) return false
  context.engine = fetchedAhead(context.engine, context.unit.tenant, about())
  return true
}

interface Slice {
  readonly from: number
  readonly found: Promise<EngineStreamSlice>
  /** How many messages read it. */
  readers: number
  /** The last version that was given. */
  given: number
}

function fetchedAhead(engine: UnitEngine, tenant: string, about: readonly Ahead[]): UnitEngine {
  const streams = new Map<string, Slice>()
  const versions = new Map<string, Promise<number>>()
  const commands = new Map<string, ReturnType<UnitEngine['command']>>()
  const documents = new Map<string, ReturnType<UnitEngine['document']>>()
  for (const { stream, from } of about.flatMap((one) => one.streams ?? [])) {
    const known = streams.get(stream)
    const readers = (known?.readers ?? 0) + 1
    if (known !== undefined && known.from <= from) known.readers = readers
    else {
      const range = { from, to: Number.MAX_SAFE_INTEGER, limit: MOST, backward: false }
      streams.set(stream, { from, found: unheard(engine.stream(tenant, stream, range)), readers, given: 0 })
    }
  }
  for (const stream of about.flatMap((one) => one.versions ?? [])) {
    if (!versions.has(stream)) versions.set(stream, unheard(engine.version(tenant, stream)))
  }
  for (const { stream, commandId } of about.flatMap((one) => one.commands ?? [])) {
    const key = pair(tenant, stream, commandId)
    if (!commands.has(key)) commands.set(key, unheard(engine.command(tenant, stream, commandId)))
  }
  for (const { collection, id } of about.flatMap((one) => one.documents ?? [])) {
    const key = pair(tenant, collection, id)
    if (!documents.has(key)) documents.set(key, unheard(engine.document(tenant, collection, id)))
  }
  return {
    ...engine,
    async stream(of, stream, range) {
      const known = streams.get(stream)
      const slice = known === undefined ? undefined : await givenOf(known, range)
      return slice ?? engine.stream(of, stream, range)
    },
    version: (of, stream) => versions.get(stream) ?? engine.version(of, stream),
    command: (of, stream, id) => commands.get(pair(of, stream, id)) ?? engine.command(of, stream, id),
    document: (of, collection, id) =>
      documents.get(pair(of, collection, id)) ?? engine.document(of, collection, id),
  }
}

/** Who asks for it hears of an error; nobody may. */
function unheard<Result>(asking: Promise<Result>): Promise<Result> {
  asking.catch(() => {})
  return asking
}

/**
 * Undefined where what was fetched is not all of the range, or was given before: whoever got an event may have
 * changed it. Of a stream that several messages read, each gets copies.
 */
async function givenOf(slice: Slice, range: StreamRange): Promise<EngineStreamSlice | undefined> {
  const { events, version } = await slice.found
  const { from, to, limit, backward } = range
  if (backward || from < slice.from) return undefined
  const asked = events.filter((event) => event.version >= from && event.version <= to).slice(0, limit)
  const last = events.at(-1)?.version ?? slice.from - 1
  if (asked.length < limit && last < Math.min(to, version)) return undefined
  if (slice.readers > 1) return { events: structuredClone(asked), version }
  if (asked.some((event) => event.version <= slice.given)) return undefined
  slice.given = asked.at(-1)?.version ?? slice.given
  return { events: asked, version }
}
