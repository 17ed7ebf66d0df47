import { type AggregateDefinition, type Command, isRefusal } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'
import type { Command as FlowCommand } from '../model/index.ts'
import { type LoadPlan, planLoad } from './plan.ts'
import { type Random, randomOf } from './random.ts'
import { referencesTo, suppliedBy } from './references.ts'
import { dataFor, type Making } from './value.ts'

/** What the data of a load hangs on. */
export interface OrderOptions {
  /** The same seed gives the same orders. */
  readonly seed: string
  /** Stands in every id that is made; default the seed. */
  readonly prefix?: string
}

/** Commands from outside, made for a flow: as data, ready to be executed. */
export interface Orders {
  readonly plan: LoadPlan
  /** What orders refer to, in the order in which it must be there. */
  supplies(): Iterable<Command>
  /** The order of this number, from 0: the same one each time. */
  order(number: number): Command
  /** What outside answers to an event, if anything. */
  answer(event: AnsweredEvent): Answer
}

/** What an answer hangs on. */
export interface AnsweredEvent {
  readonly type: string
  readonly stream: string
  readonly version: number
  /** The aggregate's id. */
  readonly id: string
}

/** `silent`: a saga waits, and nobody answers. `none`: nobody waits. */
export type Answer =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'silent' | 'none' }

/** Of what the flow would refuse at the first try so many are sent all the same. */
const REFUSED = 0.5
const TRIES = 20
/** Of supplied instances so many are scarce: what needs them is refused sooner or later. */
const SCARCE = 0.02
const PLENTY = 1_000_000

/**
 * The orders of a load: commands that begin the flow, what they refer to, and what outside answers, all seeded.
 * Data is made within the payload's schema, around the examples; what the flow would refuse is mostly made anew.
 */
export function ordersFor(compiled: CompiledFlow, { seed, prefix = seed }: OrderOptions): Orders {
  const { flow } = compiled
  const plan = planLoad(flow)
  const supplied = suppliedBy(flow, plan)
  const references = referencesTo(flow, supplied)
  const judge = judgeOf(compiled)

  function make(command: FlowCommand, id: string, making: Making): Command {
    return compiled.command(command.name, id, dataFor(command.payload, id, making))
  }

  /** Data that the flow accepts in the state `none`; now and then, or where none is found, what it refuses. */
  function acceptable(command: FlowCommand, id: string, random: Random): Command {
    for (let tried = 0; tried < TRIES; tried++) {
      const made = make(command, id, { random, references })
      if (judge(made) || (tried === 0 && random.chance(REFUSED))) return made
    }
    return plain(compiled, command, id)
  }

  return {
    plan,
    *supplies() {
      for (const command of plan.supplies) yield* supply(command)
    },
    order(number) {
      const random = randomOf(seed, 'order', number)
      const command = random.pick(plan.starters)
      if (!command) throw new RangeError(`The flow ${flow.name} has no command from outside that begins it.`)
      const example = String(flow.aggregates.get(command.aggregate)?.id.example ?? '')
      return acceptable(command, `${example}-${prefix}-${number + 1}`, random)
    },
    answer({ type, stream, version, id }) {
      const alternatives = plan.answers.get(type)
      if (!alternatives) return { kind: 'none' }
      const { choices, silent, awaited } = alternatives
      const random = randomOf(seed, stream, version)
      const total = choices.reduce((sum, { weight }) => sum + weight, silent)
      let left = random.next() * total
      for (const { command, weight } of choices) {
        left -= weight
        if (left < 0) return { kind: 'command', command: make(command, id, { random, references }) }
      }
      return { kind: awaited ? 'silent' : 'none' }
    },
  }

  function* supply(command: FlowCommand): Iterable<Command> {
    const random = randomOf(seed, 'supply', command.name)
    for (const id of supplied.get(command.aggregate) ?? []) {
      const plenty = random.chance(SCARCE) ? 1 : PLENTY
      const made = make(command, id, { random, references, plenty })
      yield judge(made) ? made : plain(compiled, command, id)
    }
  }
}

/** The command as its examples have it. */
function plain({ command }: CompiledFlow, { name, payload }: FlowCommand, id: string): Command {
  const [own] = payload.fields
  return command(name, id, { ...payload.example, ...(own ? { [own.name]: id } : {}) })
}

/** Whether an aggregate that does not exist yet takes a command. */
function judgeOf(compiled: CompiledFlow): (command: Command) => boolean {
  const definitions = definitionsOf(compiled)
  return (command) => {
    const definition = definitions.get(command.aggregate)
    if (!definition) return true
    try {
      definition.check?.(command)
      return !isRefusal(definition.decide(definition.initial(), command, Date.now()))
    } catch {
      return false // whatever it throws, it does not take it
    }
  }
}

/** The aggregates of a compiled flow by name, those written by hand included. */
export function definitionsOf(compiled: CompiledFlow): ReadonlyMap<string, AggregateDefinition> {
  const items = compiled.parts({ now: () => new Date().toISOString(), onFault: () => {} })
  const parts = items.flatMap((item) => {
    if ('definition' in item) return [item.definition]
    return item.kind === 'service' ? item.run : [item]
  })
  return new Map(parts.flatMap((part) => (part.kind === 'aggregate' ? [[part.name, part]] : [])))
}
