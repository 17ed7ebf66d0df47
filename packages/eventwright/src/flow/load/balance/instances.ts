import { type AggregateDefinition, type NewEvent, partsOfStream, type RecordedEvent } from '@eventwright/core'
import { type Flow, NONE, transitionsOf } from '../../model/index.ts'
import { type BalanceCheck, checked, count, newWrongs, type Wrongs } from './check.ts'

/** One aggregate as its events tell it, on the flow's terms. */
interface Instance {
  state: unknown
  status: string
  /** The command of a saga that had events last, until it is answered. */
  last?: LastCommand
}

interface LastCommand {
  readonly id: string
  /** The state that it met. */
  readonly before: unknown
  readonly events: NewEvent[]
}

/** What a command met, and the events that it had. */
export interface Met {
  readonly state: unknown
  readonly events: readonly NewEvent[]
}

/** Every aggregate of the log, folded by the flow's own definitions. */
export interface Instances {
  see(event: RecordedEvent): void
  /** What a saga's command met that is answered now. */
  met(aggregate: string, id: string, commandId: string): Met
  /** For each aggregate how many there are in each state; bad where an event is none that the flow allows there. */
  checks(): readonly BalanceCheck[]
}

export function instancesOf(flow: Flow, definitions: ReadonlyMap<string, AggregateDefinition>): Instances {
  const allowed = allowedStates(flow)
  const all = new Map(
    [...flow.aggregates.keys()].map((name) => [
      name,
      { byId: new Map<string, Instance>(), wrong: newWrongs() },
    ]),
  )
  const initial = (aggregate: string): unknown => definitions.get(aggregate)?.initial()

  return {
    see(event) {
      const { aggregate, id } = partsOfStream(event.stream)
      const { byId, wrong } = all.get(aggregate) ?? {}
      if (!byId || !wrong) return
      const instance = byId.get(id) ?? { state: initial(aggregate), status: NONE }
      byId.set(id, instance)
      if (allowed.get(event.type)?.has(instance.status) === false) {
        wrong.add(`${event.stream}: ${event.type} in the state ${instance.status}`)
      }
      noteCommand(instance, event)
      instance.status = flow.events.get(event.type)?.to?.name ?? instance.status
      instance.state = evolved(definitions.get(aggregate), instance.state, event)
    },
    met(aggregate, id, commandId) {
      const instance = all.get(aggregate)?.byId.get(id)
      if (!instance) return { state: initial(aggregate), events: [] }
      const { last } = instance
      if (last?.id !== commandId) return { state: instance.state, events: [] }
      delete instance.last
      return { state: last.before, events: last.events }
    },
    checks: () =>
      [...all]
        .filter(([, { byId }]) => byId.size > 0)
        .map(([name, { byId, wrong }]) => statesOf(flow, name, byId.values(), wrong)),
  }
}

/** Only commands of sagas are answered in the log. */
function noteCommand(instance: Instance, { type, data, metadata }: RecordedEvent): void {
  const { commandId, saga } = metadata
  if (commandId === undefined || saga === undefined) {
    delete instance.last
    return
  }
  if (instance.last?.id !== commandId) instance.last = { id: commandId, before: instance.state, events: [] }
  instance.last.events.push({ type, data })
}

function evolved(definition: AggregateDefinition | undefined, state: unknown, event: RecordedEvent): unknown {
  try {
    return definition?.evolve(state, event)
  } catch {
    return state // what the service could not fold either, it could not decide on
  }
}

/** By event the states in which some command of the flow emits it. */
function allowedStates(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const stateAfter = (event: string): string | undefined => flow.events.get(event)?.to?.name
  const transitions = transitionsOf(flow.commands.values(), stateAfter)
  const byEvent = Map.groupBy(transitions, ({ event }) => event)
  return new Map([...byEvent].map(([event, all]) => [event, new Set(all.map(({ from }) => from))]))
}

/** `429 Order = 375 confirmed + 49 cancelled + 5 placed`. */
function statesOf(flow: Flow, name: string, all: Iterable<Instance>, wrong: Wrongs): BalanceCheck {
  const states = flow.aggregates.get(name)?.states.map((state) => state.name) ?? []
  const counts = Object.fromEntries([...states, NONE].map((state) => [state, 0]))
  let sum = 0
  for (const { status } of all) {
    counts[status] = (counts[status] ?? 0) + 1
    sum++
  }
  const parts = Object.entries(counts).filter(([, number]) => number > 0)
  const says = `${count(sum)} ${name} = ${parts.map(([state, number]) => `${count(number)} ${state}`).join(' + ')}`
  return checked({ check: 'aggregate', of: name, says, figures: { all: sum, ...counts } }, wrong)
}
