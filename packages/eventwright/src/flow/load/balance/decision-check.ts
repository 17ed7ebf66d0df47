import { isDeepStrictEqual } from 'node:util'
import {
  type AggregateDefinition,
  COMMAND_HANDLED,
  COMPENSATED,
  type Command,
  type Decision,
  isRefusal,
  isTechnical,
  type NewEvent,
  partsOfStream,
  type RecordedEvent,
} from '@eventwright/core'
import { asObject } from '../../compile/index.ts'
import { type Flow, type Command as FlowCommand, NONE, transitionsOf } from '../../model/index.ts'
import { type BalanceCheck, checked, count, newWrongs, type Wrongs } from './check.ts'

/** One aggregate as its events tell it, on the flow's terms. */
interface Instance {
  state: unknown
  status: string
  /** The last command that had events, the state before it, and its events. */
  commandId?: string
  before?: unknown
  events: NewEvent[]
}

/** The command that an answer is about, where it is known. */
export type SentCommand = (answer: RecordedEvent) => Command | undefined

/**
 * Plays the log against the flow's own aggregates, whoever decided: an event must be one that the flow allows in the
 * state it meets, and the answer to a saga's command what the flow decides in that state.
 */
export function decisionCheck(
  flow: Flow,
  definitions: ReadonlyMap<string, AggregateDefinition>,
  sent: SentCommand,
): { see(event: RecordedEvent): void; checks(): readonly BalanceCheck[] } {
  const instances = new Map([...flow.aggregates.keys()].map((name) => [name, new Map<string, Instance>()]))
  const allowed = allowedStates(flow)
  const illegal = new Map([...flow.aggregates.keys()].map((name) => [name, newWrongs()]))
  const timed = new Set([...flow.commands.values()].filter(usesNow).map(({ name }) => name))
  const decisions = newWrongs()
  let decided = 0

  function happened(event: RecordedEvent): void {
    const { aggregate, id } = partsOfStream(event.stream)
    const definition = definitions.get(aggregate)
    const all = instances.get(aggregate)
    if (!definition || !all) return
    const instance = all.get(id) ?? { state: definition.initial(), status: NONE, events: [] }
    all.set(id, instance)
    if (allowed.get(event.type)?.has(instance.status) === false) {
      illegal.get(aggregate)?.add(`${event.stream}: ${event.type} in the state ${instance.status}`)
    }
    const { commandId } = event.metadata
    if (commandId === undefined || commandId !== instance.commandId) {
      instance.before = instance.state
      instance.events = []
    }
    if (commandId === undefined) delete instance.commandId
    else instance.commandId = commandId
    instance.events.push({ type: event.type, data: event.data })
    instance.status = flow.events.get(event.type)?.to?.name ?? instance.status
    instance.state = evolved(definition, instance.state, event)
  }

  function answered(event: RecordedEvent): void {
    const { commandId, outcome, refusal } = asObject(event.data)
    const command = sent(event)
    if (!command || refusal === COMPENSATED || timed.has(command.type)) return
    const { aggregate, id } = command
    const definition = definitions.get(aggregate)
    if (!definition) return
    const instance = instances.get(aggregate)?.get(id)
    const own = instance?.commandId === commandId ? instance : undefined
    const state = own ? own.before : (instance?.state ?? definition.initial())
    const says = decide(definition, state, command, event.recordedAt)
    if (says === undefined) return
    decided++
    const answer = { outcome: String(outcome), refusal, events: own?.events ?? [] }
    if (!isDeepStrictEqual(plain(answer), plain(says))) {
      decisions.add(`${command.type} of ${aggregate}-${id} gave ${told(answer)}, the flow says ${told(says)}`)
    }
  }

  return {
    see(event) {
      if (event.type === COMMAND_HANDLED) answered(event)
      else if (!isTechnical(event.type)) happened(event)
    },
    checks: () => [
      ...[...instances]
        .filter(([, all]) => all.size > 0)
        .map(([name, all]) => statesOf(flow, name, all, illegal)),
      ...(decided > 0 ? [decisionsOf(decided, decisions)] : []),
    ],
  }
}

function decisionsOf(decided: number, wrong: Wrongs): BalanceCheck {
  const says = `${count(decided)} answered as the flow decides`
  return checked({ check: 'commands', of: 'of sagas', says, figures: { decided } }, wrong)
}

type Told = { readonly outcome: string; readonly refusal?: unknown; readonly events: readonly NewEvent[] }

function decide(
  { decide: own }: AggregateDefinition,
  state: unknown,
  command: Command,
  now: number,
): Told | undefined {
  try {
    return outcomeOf(own(state, command, now))
  } catch {
    return undefined // what fails is tried again and parked: it has no answer in the log
  }
}

function outcomeOf(decision: Decision): Told {
  if (isRefusal(decision)) return { outcome: 'refused', refusal: decision.refusal, events: [] }
  const events = decision === undefined ? [] : [decision].flat()
  return { outcome: events.length === 0 ? 'nothing' : 'events', events }
}

function plain({ outcome, refusal, events }: Told): unknown {
  return JSON.parse(
    JSON.stringify({ outcome, refusal, events: events.map(({ type, data }) => ({ type, data })) }),
  )
}

function told({ outcome, refusal, events }: Told): string {
  if (outcome === 'refused') return `the refusal ${refusal}`
  if (outcome === 'nothing') return 'nothing'
  return (
    events.map(({ type, data }) => `${type} ${JSON.stringify(data)}`).join(', ') ||
    'events that are not there'
  )
}

function evolved(definition: AggregateDefinition, state: unknown, event: RecordedEvent): unknown {
  try {
    return definition.evolve(state, event)
  } catch {
    return state
  }
}

/** The clock of the moment it was decided is nowhere written. */
function usesNow(command: FlowCommand): boolean {
  const expressions = [
    command.ignore.when,
    ...command.requires.map(({ condition }) => condition),
    ...command.lets.map(({ value }) => value),
    ...command.branches.flatMap(({ when, events }) => [
      when,
      ...events.flatMap(({ data }) =>
        data.map(({ source }) => (source.from === 'expression' ? source.expression : undefined)),
      ),
    ]),
  ]
  return expressions.some((expression) => expression !== undefined && /\bnow\b/.test(expression.source))
}

/** By event the states in which some command of the flow emits it. */
function allowedStates(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const stateAfter = (event: string): string | undefined => flow.events.get(event)?.to?.name
  const transitions = transitionsOf(flow.commands.values(), stateAfter)
  const byEvent = Map.groupBy(transitions, ({ event }) => event)
  return new Map([...byEvent].map(([event, all]) => [event, new Set(all.map(({ from }) => from))]))
}

/** `429 Order = 375 confirmed + 49 cancelled + 5 placed`. */
function statesOf(
  flow: Flow,
  name: string,
  all: ReadonlyMap<string, Instance>,
  illegal: ReadonlyMap<string, Wrongs>,
): BalanceCheck {
  const states = flow.aggregates.get(name)?.states.map((state) => state.name) ?? []
  const counts = Object.fromEntries([...states, NONE].map((state) => [state, 0]))
  for (const { status } of all.values()) counts[status] = (counts[status] ?? 0) + 1
  const parts = Object.entries(counts).filter(([, number]) => number > 0)
  const sum = parts.map(([state, number]) => `${count(number)} ${state}`).join(' + ')
  return checked(
    {
      check: 'aggregate',
      of: name,
      says: `${count(all.size)} ${name} = ${sum}`,
      figures: { all: all.size, ...counts },
    },
    illegal.get(name) ?? newWrongs(),
  )
}
