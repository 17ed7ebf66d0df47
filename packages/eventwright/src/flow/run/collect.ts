import { type App, COMMAND_HANDLED, isTechnical, type RecordedEvent, sagaStatus } from '@eventwright/core'
import { asObject, type CompiledFlow } from '../compile/index.ts'
import type { Flow, JsonObject } from '../model/index.ts'
import type { Fault } from './fault.ts'
import type { Happened, HappenedEvent, HappenedRefusal, HappenedSaga } from './happened.ts'

const SAGA_STARTED = 'eventwright.saga.Started'
const SAGA_COMMAND_SENT = 'eventwright.saga.CommandSent'
/** A forward command that came after its compensation: what fences it is no refusal of the business. */
const COMPENSATED = 'Compensated'

/** Where a scenario was played. */
export interface Scene {
  readonly app: App
  readonly compiled: CompiledFlow
  readonly tenant: string
}

/** What a scenario led to, from its log and the read model; `given` are the ids of the events that were there before. */
export async function collect(
  scene: Scene,
  log: readonly RecordedEvent[],
  given: ReadonlySet<string>,
): Promise<Collected> {
  const { flow } = scene.compiled
  const events = log
    .filter(({ type, id }) => !isTechnical(type) && !given.has(id))
    .map((event) => happened(event, flow))
  return {
    events,
    refusals: log.flatMap(refusalOf),
    sagas: await sagas(scene, log),
    rows: await rows(scene, flow),
    causes: causes(log),
    faults: await faults(scene),
  }
}

/** `refusals` are those of commands that sagas sent: those from outside were answered to whoever sent them. */
export type Collected = Happened

function happened(event: RecordedEvent, flow: Flow): HappenedEvent {
  const { id, type, stream, version, position, recordedAt, metadata } = event
  return {
    id,
    type,
    service: flow.events.get(type)?.service ?? '',
    stream,
    version,
    position,
    at: recordedAt,
    data: asObject(event.data),
    ...(metadata.commandId === undefined ? {} : { commandId: metadata.commandId }),
    ...(typeof metadata.saga === 'string' ? { saga: metadata.saga } : {}),
  }
}

function refusalOf(event: RecordedEvent): readonly HappenedRefusal[] {
  if (event.type !== COMMAND_HANDLED) return []
  const { refusal, type, id, message } = asObject(event.data)
  if (typeof refusal !== 'string' || refusal === COMPENSATED) return []
  const told = typeof message === 'string' ? { message } : {}
  return [{ refusal, command: String(type), id: String(id), ...told }]
}

async function sagas(
  { app, tenant }: Scene,
  log: readonly RecordedEvent[],
): Promise<readonly HappenedSaga[]> {
  const started = log.filter(({ type }) => type === SAGA_STARTED)
  const byStream = new Map(started.map((event) => [event.stream, asObject(event.data)]))
  return Promise.all(
    [...byStream.values()].map(async (start) => {
      const saga = String(start.saga)
      const key = String(start.key)
      const { status, steps } = await sagaStatus(app.store, saga, key, { tenant })
      const ended = status === 'completed' || status === 'compensated'
      return { saga, key, states: ended || steps.length === 0 ? [status] : steps }
    }),
  )
}

async function rows({ app, tenant }: Scene, flow: Flow): Promise<Happened['rows']> {
  const all = [...flow.projections.keys()].map(async (projection) => {
    const documents = await app.documents<JsonObject>(projection, { tenant }).list()
    return [projection, new Map(documents.map(({ id, value }) => [id, value]))] as const
  })
  return new Map(await Promise.all(all))
}

// An event is led to by the command that decided it, and that command by what made its saga send it.
function causes(log: readonly RecordedEvent[]): Happened['causes'] {
  const ofCommand = new Map<string, string>()
  for (const event of log) {
    if (event.type !== SAGA_COMMAND_SENT) continue
    const { commandId, causationId } = asObject(asObject(event.data).command)
    if (typeof commandId === 'string' && typeof causationId === 'string')
      ofCommand.set(commandId, causationId)
  }
  return new Map(
    log.map(({ id, metadata }) => {
      const cause = metadata.commandId === undefined ? undefined : ofCommand.get(metadata.commandId)
      return [id, cause === undefined ? [] : [cause]]
    }),
  )
}

// Other scenarios of a kept file have dead letters of their own, under their tenants.
async function faults({ app, tenant }: Scene): Promise<readonly Fault[]> {
  const { components } = await app.health()
  const parked = await app.deadLetters({ tenant })
  return [
    ...components.flatMap(({ name, error }) => (error === undefined ? [] : [`${name}: ${error}`])),
    ...parked.map(
      ({ consumer, key, reason }) => `${consumer} parked ${key ?? 'a message'}: ${reason.message}`,
    ),
  ].map((message) => ({ message, broken: false }))
}
