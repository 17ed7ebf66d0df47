import assert from 'node:assert/strict'
import {
  type Aggregate,
  type AggregateDefinition,
  type Command,
  eventsOf,
  foldEvents,
  isRefusal,
  type ResultOf,
  UnknownCommand,
} from '../aggregate/index.ts'
import { jsonText, type NewEvent, type PendingEvent, textOf } from '../event/index.ts'

/** The events that a command's decide may give, as `then` is told them. */
export type EventsOfCommand<Given extends Command> =
  ResultOf<Given> extends infer Result
    ? Result extends { readonly outcome: 'events'; readonly events: readonly (infer Event)[] }
      ? Told<Event>
      : never
    : never

type Told<Event> =
  Event extends PendingEvent<infer Type, infer Data> ? { readonly type: Type; readonly data: Data } : never

/** The names of the refusals that a command's decide may give. */
export type RefusalsOfCommand<Given extends Command> =
  ResultOf<Given> extends infer Result
    ? Result extends { readonly outcome: 'refused'; readonly refusal: infer Name extends string }
      ? Name
      : never
    : never

/** What has happened before. */
export interface AggregateGiven extends AggregateWhen {
  /** Events of the aggregate's stream, in order; checked against the catalog. @throws UnknownEventType InvalidPayload */
  given(...events: readonly NewEvent[]): AggregateWhen
}

/** What is asked. */
export interface AggregateWhen {
  when<Given extends Command>(command: Given): AggregateThen<Given>
}

/** What must come of it: exactly one of these. A miss is an `AssertionError` with the difference. */
export interface AggregateThen<Given extends Command> {
  /** Exactly these events, in order. The next `when` is decided after them. */
  then(...events: readonly EventsOfCommand<Given>[]): AggregateWhen
  /** No event and no refusal. */
  nothing(): AggregateWhen
  refused(name: RefusalsOfCommand<Given>): AggregateWhen
  /** `decide` throws, or the command's data is not taken. */
  throws(error: RegExp | (new (...values: never) => Error)): AggregateWhen
}

/**
 * Tests an aggregate's decisions without a store; `now` is the time that `decide` sees:
 *
 * ```ts
 * aggregateScenario(Order).given({ type: 'OrderPlaced', data }).when(Order.confirm('o-1')).refused('NotPaid')
 * ```
 */
export function aggregateScenario(
  { definition }: Aggregate,
  { now = Date.UTC(2026, 0, 1) }: { readonly now?: number } = {},
): AggregateGiven {
  const tested = { definition, now }
  return {
    given: (...events) => whenOf(tested, placed(definition, [], events)),
    when: (command) => thenOf(tested, [], command),
  }
}

interface Tested {
  readonly definition: AggregateDefinition
  /** What `decide` is told as the time. */
  readonly now: number
}

function whenOf(tested: Tested, history: readonly PendingEvent[]): AggregateWhen {
  return { when: (command) => thenOf(tested, history, command) }
}

interface Outcome {
  readonly events?: readonly { readonly type: string; readonly data: unknown }[]
  readonly refusal?: string
}

function thenOf<Given extends Command>(
  tested: Tested,
  history: readonly PendingEvent[],
  command: Given,
): AggregateThen<Given> {
  const decided = (): Outcome => decide(tested, history, command)
  const expectOutcome = (expected: Outcome): AggregateWhen => {
    assert.deepEqual(decided(), expected, `${command.aggregate}.${command.type} decided otherwise`)
    return whenOf(tested, placed(tested.definition, history, expected.events ?? []))
  }
  const then = (...events: readonly EventsOfCommand<Given>[]): AggregateWhen =>
    expectOutcome({ events: plain(events) })
  return {
    then,
    nothing: () => expectOutcome({ events: [] }),
    refused: (refusal) => expectOutcome({ refusal }),
    throws: (error) => {
      assert.throws(decided, error)
      return whenOf(tested, history)
    },
  }
}

function decide({ definition, now }: Tested, history: readonly PendingEvent[], command: Command): Outcome {
  const { name, commands } = definition
  if (command.aggregate !== name || !commands.includes(command.type)) {
    throw new UnknownCommand(`${command.aggregate}.${command.type}`, name, commands)
  }
  const data: unknown = JSON.parse(jsonText(command.data ?? {}, `${name}.${command.type}`))
  const given = { ...command, data }
  definition.check?.(given)
  const decision = definition.decide(foldEvents(definition, definition.initial(), history), given, now)
  if (isRefusal(decision)) return { refusal: decision.refusal }
  return { events: plain(placed(definition, history, eventsOf(decision)).slice(history.length)) }
}

/** Events as the log would hold them after `history`: what an append refuses is refused here. */
function placed(
  definition: AggregateDefinition,
  history: readonly PendingEvent[],
  events: readonly NewEvent[],
): readonly PendingEvent[] {
  const added = events.map((event, index): PendingEvent => {
    const prepared = definition.catalog.prepare(event)
    const { type, schemaVersion } = prepared
    const version = history.length + index + 1
    const data: unknown = JSON.parse(textOf(prepared).data)
    const place = { tenant: '', stream: `${definition.name}-1`, version, metadata: {} }
    return { id: event.id ?? String(version), type, data, schemaVersion, ...place }
  })
  return [...history, ...added]
}

function plain(events: readonly NewEvent[]): NonNullable<Outcome['events']> {
  return events.map(({ type, data }) => ({ type, data }))
}
