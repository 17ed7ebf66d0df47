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
  type RecordedEvent,
} from '@eventwright/core'
import { asObject } from '../../compile/index.ts'
import type { Flow } from '../../model/index.ts'
import { type BalanceCheck, checked, count, newWrongs } from './check.ts'
import { instancesOf } from './instances.ts'
import { timedCommands } from './timed-commands.ts'

/** The command that an answer is about, where it is known and was not answered before. */
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
  const instances = instancesOf(flow, definitions)
  const timed = timedCommands(flow)
  const wrong = newWrongs()
  let decided = 0

  function answered(event: RecordedEvent): void {
    const command = sent(event)
    const definition = command && definitions.get(command.aggregate)
    if (!command || !definition) return
    const { commandId, outcome, refusal } = asObject(event.data)
    const { state, events } = instances.met(command.aggregate, command.id, String(commandId))
    // A forward command after its compensation is refused before anybody decides.
    if (refusal === COMPENSATED || timed.has(command.type)) return
    const says = decide(definition, state, command, event.recordedAt)
    if (says === undefined) return
    decided++
    const answer = { outcome: String(outcome), refusal, events }
    if (isDeepStrictEqual(plain(answer), plain(says))) return
    wrong.add(
      `${command.type} of ${command.aggregate}-${command.id} gave ${told(answer)}, the flow says ${told(says)}`,
    )
  }

  return {
    see(event) {
      if (event.type === COMMAND_HANDLED) answered(event)
      else if (!isTechnical(event.type)) instances.see(event)
    },
    checks() {
      const says = `${count(decided)} answered as the flow decides`
      const decisions = checked({ check: 'commands', of: 'of sagas', says, figures: { decided } }, wrong)
      return [...instances.checks(), ...(decided > 0 ? [decisions] : [])]
    },
  }
}

interface Told {
  readonly outcome: string
  readonly refusal?: unknown
  readonly events: readonly NewEvent[]
}

function decide(
  definition: AggregateDefinition,
  state: unknown,
  command: Command,
  now: number,
): Told | undefined {
  try {
    return outcomeOf(definition.decide(state, command, now))
  } catch {
    return undefined // what fails is tried again and parked: it has no answer in the log
  }
}

function outcomeOf(decision: Decision): Told {
  if (isRefusal(decision)) return { outcome: 'refused', refusal: decision.refusal, events: [] }
  const events = decision === undefined ? [] : [decision].flat()
  return { outcome: events.length === 0 ? 'nothing' : 'events', events }
}

/** As JSON has it: without what is undefined, and without ids. */
function plain({ outcome, refusal, events }: Told): unknown {
  const bare = events.map(({ type, data }) => ({ type, data }))
  return JSON.parse(JSON.stringify({ outcome, refusal, events: bare }))
}

function told({ outcome, refusal, events }: Told): string {
  if (outcome === 'refused') return `the refusal ${refusal}`
  if (outcome === 'nothing') return 'nothing'
  const list = events.map(({ type, data }) => `${type} ${JSON.stringify(data)}`)
  return list.join(', ') || 'events that are not there'
}
