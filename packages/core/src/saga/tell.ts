import { inSpan, type Logger, type Span, type SpanAttributes, type Telemetry } from '../event/index.ts'
import type { Tx } from '../store/index.ts'
import type { SagaDefinition } from './definition.ts'
import { keepEarly, takeEarly } from './early.ts'
import type { SagaInput } from './input.ts'
import { sagaOwner, sagaStream } from './names.ts'
import { type Reaction, react } from './react.ts'
import { isActive, type SagaState } from './state.ts'
import type { SagaStates } from './states.ts'
import { countEvents } from './tally.ts'
import { timerChanges } from './timers.ts'

/** A saga's definition with what its units of work need. */
export interface SagaHost {
  readonly definition: SagaDefinition
  readonly logger: Logger
  readonly telemetry: Telemetry | undefined
  readonly states: SagaStates
}

/**
 * Tells a saga something, in a unit of work: its state is read from its stream, what it decides is recorded
 * there, and its timers are set and cancelled with it.
 */
export function tell(host: SagaHost, tx: Tx, key: string, input: SagaInput): Promise<void> {
  const { name } = host.definition
  const attributes = { 'eventwright.saga': name, 'eventwright.saga.key': key }
  const options = () => ({ name: `saga ${name}`, kind: 'internal', attributes }) as const
  return inSpan(host.telemetry, options, (span) => tellIn(span, host, tx, key, input))
}

async function tellIn(span: Span, host: SagaHost, tx: Tx, key: string, input: SagaInput): Promise<void> {
  const { definition } = host
  const stream = sagaStream(definition.name, key)
  const { state: before, version } = await host.states.read(tx, stream)
  const told = starts(definition, before, input)
    ? { ...input, early: await takeEarly(tx, definition, key) }
    : input
  const reaction = react(definition, before, told, { now: tx.now, tenant: tx.tenant })
  if (reaction.keep && input.kind === 'event') await keepEarly(tx, definition, key, input.event)
  if (reaction.events.length === 0) return
  await record(tx, stream, version, reaction)
  setTimers(host, tx, before, reaction.state)
  countEvents(tx, definition.name, reaction.events)
  span.set(progressOf(reaction))
  log(host, key, reaction)
}

function starts(definition: SagaDefinition, state: SagaState, input: SagaInput): input is StartInput {
  return input.kind === 'event' && input.keyed && input.event.type === definition.start && !isActive(state)
}

type StartInput = Extract<SagaInput, { kind: 'event' }>

async function record(tx: Tx, stream: string, version: number, { events, state }: Reaction): Promise<void> {
  const metadata = { correlationId: state.correlationId }
  const stamped = events.map((event) => ({ ...event, metadata }))
  // The version that was read: a saga told two things at once decides the second one anew.
  await tx.append(stream, stamped, { expect: version === 0 ? 'none' : version })
}

/** A timer keeps the trace that it was set in, so that what it leads to continues that. */
function setTimers({ definition, telemetry }: SagaHost, tx: Tx, before: SagaState, after: SagaState): void {
  const owner = sagaOwner(definition.name)
  const trace = telemetry?.current()
  const { set, cancel } = timerChanges(before, after)
  for (const id of cancel) tx.timers.cancel(owner, id)
  for (const { id, due, stuck } of set)
    tx.timers.set({ owner, id, due, data: { key: after.key, stuck, ...trace } })
}

function progressOf({ state, events }: Reaction): SpanAttributes {
  const { failure, status } = state
  return {
    'eventwright.saga.status': status,
    'eventwright.saga.events': events.length,
    ...(failure?.refusal === undefined ? {} : { 'eventwright.refusal': failure.refusal }),
  }
}

function log({ definition, logger }: SagaHost, key: string, { events }: Reaction): void {
  const fields = { saga: definition.name, key }
  for (const event of events) {
    if (event.type === 'eventwright.saga.StartIgnored')
      logger.warn({ ...fields, event: event.data.id }, 'a second start for a running saga was ignored')
    if (event.type === 'eventwright.saga.AnswerIgnored')
      logger.info({ ...fields, event: event.data.id, type: event.data.type }, 'a late answer was ignored')
    if (event.type === 'eventwright.saga.CompensationRefused' && event.data.stuck)
      logger.error(
        { ...fields, step: event.data.path, refusal: event.data.refusal },
        'a compensation is stuck: it is refused again and again, look at its target',
      )
    if (event.type === 'eventwright.saga.Ended' && event.data.refusal !== undefined)
      logger.warn({ ...fields, refusal: event.data.refusal }, 'the command that ends the saga was refused')
  }
}
