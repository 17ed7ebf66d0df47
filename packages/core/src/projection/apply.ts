import { inSpan, type RecordedEvent, type SpanOptions, type Telemetry, traceIn } from '../event/index.ts'
import type { EventStore, Lease, Tx } from '../store/index.ts'
import { checkpointOf, type ProjectionDefinition, versionedName } from './definition.ts'
import { HandlerFailure, type ProjectionFault } from './errors.ts'
import { catchUpStream, marksOf } from './inline.ts'
import { handleEvent } from './own-documents.ts'
import { tellProgress } from './progress.ts'

/** How far a version got with a slice of the log. */
export interface Applied {
  readonly to: number
  /** The event that its handler cannot take, if it stopped there. */
  readonly fault?: ProjectionFault
}

interface Projecting {
  readonly store: EventStore
  readonly definition: ProjectionDefinition
  readonly lease: Lease
  readonly telemetry?: Telemetry | undefined
  /** False while a new version is built: then it is the history that is gone through, and no event's own trace. */
  readonly live?: boolean
}

/**
 * Applies `events` and moves the checkpoint from `from` to `to`. A unit of work belongs to one tenant, so
 * there is one a tenant: each moves the tenant's own checkpoint with its documents, and the checkpoint of no
 * tenant, which is the projection's, moves last. After a crash between them the slice is read again, and each
 * tenant passes over what its own checkpoint has behind it.
 */
export async function applySlice(
  projecting: Projecting,
  events: readonly RecordedEvent[],
  from: number,
  to: number,
): Promise<Applied> {
  const byTenant = Map.groupBy(events, (event) => event.tenant)
  const own = byTenant.get('') ?? []
  byTenant.delete('')
  let fault: ProjectionFault | undefined
  for (const [tenant, theirs] of byTenant) {
    const before = theirs.filter((event) => !fault || event.position < fault.position)
    fault = (await applyRuns(projecting, tenant, before)) ?? fault
  }
  const before = own.filter((event) => !fault || event.position < fault.position)
  fault = (await applyRuns(projecting, '', before, { from, to: fault ? fault.position - 1 : to })) ?? fault
  return fault ? { to: fault.position - 1, fault } : { to }
}

/** The move of the projection's own checkpoint, in the units of no tenant. */
interface Advance {
  readonly from: number
  readonly to: number
}

/** Events for one unit of work, after which everything up to `to` is taken in. */
interface Run {
  readonly events: readonly RecordedEvent[]
  readonly to: number
}

/** All in one unit; if an event is refused, what stands before it in one, then it alone, then the rest. */
async function applyRuns(
  projecting: Projecting,
  tenant: string,
  events: readonly RecordedEvent[],
  advance?: Advance,
): Promise<ProjectionFault | undefined> {
  const runs: Run[] = [{ events, to: advance?.to ?? 0 }]
  let from = advance?.from ?? 0
  for (let run = runs.shift(); run; run = runs.shift()) {
    const failure = await tryUnit(projecting, tenant, run.events, advance && { from, to: run.to })
    const bad = run.events.find(({ id }) => id === failure?.event.id)
    if (!failure || !bad) {
      from = run.to
      continue
    }
    const wasAlone = run.events.length === 1 && (!advance || from === bad.position - 1)
    if (wasAlone) return faultOf(projecting.definition, bad, failure)
    const at = run.events.indexOf(bad)
    runs.unshift(
      { events: run.events.slice(0, at), to: bad.position - 1 },
      { events: [bad], to: bad.position },
      { events: run.events.slice(at + 1), to: run.to },
    )
  }
  return undefined
}

async function tryUnit(
  projecting: Projecting,
  tenant: string,
  events: readonly RecordedEvent[],
  advance: Advance | undefined,
): Promise<HandlerFailure | undefined> {
  try {
    await applyUnit(projecting, tenant, events, advance)
    return undefined
  } catch (error) {
    if (error instanceof HandlerFailure && events.some(({ id }) => id === error.event.id)) return error
    throw error
  }
}

async function applyUnit(
  projecting: Projecting,
  tenant: string,
  events: readonly RecordedEvent[],
  advance: Advance | undefined,
): Promise<void> {
  const { store, definition, lease } = projecting
  const last = events.at(-1)
  if (!last && (!advance || advance.to === advance.from)) return
  const checkpoint = checkpointOf(definition.name, definition.version)
  await store.transaction(
    async (tx) => {
      tx.fence(lease.name, lease.token)
      const at = await tx.checkpoint.get(checkpoint)
      await applyEvents(
        projecting,
        events.filter((event) => event.position > at),
        tx,
      )
      // Where `from` is not what stands there, another instance moved it: the flush must say so.
      if (advance) await tx.checkpoint.advance(checkpoint, advance.from, advance.to)
      else if (last && last.position > at) await tx.checkpoint.advance(checkpoint, at, last.position)
    },
    // Past events that it does not handle: read again where that is lost.
    { tenant, quiet: last === undefined },
  )
  tellProgress(store)
}

async function applyEvents(projecting: Projecting, events: readonly RecordedEvent[], tx: Tx): Promise<void> {
  const { definition } = projecting
  if (!definition.inline) {
    for (const event of events) await handleTraced(projecting, event, tx)
    return
  }
  for (const [stream, theirs] of Map.groupBy(events, (event) => event.stream)) {
    const mark = await marksOf(definition, tx).get(stream)
    const left = theirs.filter((event) => event.version > (mark ?? 0))
    await catchUpStream(definition, tx, stream, left)
  }
}

function handleTraced(
  { definition, telemetry, live }: Projecting,
  event: RecordedEvent,
  tx: Tx,
): Promise<void> {
  const handled = (): Promise<void> => handleEvent(definition, event, tx)
  const parent = live && telemetry?.enabled ? traceIn(event.metadata) : undefined
  return parent ? inSpan(telemetry, () => ({ ...spanOf(definition, event), parent }), handled) : handled()
}

function spanOf({ name, version }: ProjectionDefinition, { type, position }: RecordedEvent): SpanOptions {
  return {
    name: `project ${name}`,
    kind: 'internal',
    attributes: {
      'eventwright.projection': versionedName(name, version),
      'eventwright.event.type': type,
      'eventwright.position': position,
    },
  }
}

function faultOf(
  definition: ProjectionDefinition,
  event: RecordedEvent,
  failure: HandlerFailure,
): ProjectionFault {
  const { type, tenant, stream, version, position } = event
  return {
    projection: versionedName(definition.name, definition.version),
    type,
    tenant,
    stream,
    version,
    position,
    error: failure.reason.toWellFormed().replaceAll('\u0000', '\uFFFD').slice(0, 2000),
  }
}
