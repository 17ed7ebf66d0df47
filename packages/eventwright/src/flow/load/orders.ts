import type { Command } from '@eventwright/core'
import { asObject, type CompiledFlow } from '../compile/index.ts'
import type { Command as FlowCommand, JsonObject } from '../model/index.ts'
import { choose } from './alternatives.ts'
import { basesOf } from './bases.ts'
import { judgeOf } from './judge.ts'
import { type LoadPlan, planLoad } from './plan.ts'
import { type Random, randomOf } from './random.ts'
import { referencesTo, suppliedBy } from './references.ts'
import { dataFor } from './value.ts'

/** What the data of a load hangs on. */
export interface OrderOptions {
  /** The same seed gives the same orders. */
  readonly seed: string
  /** Stands in the id of every order; default the seed. */
  readonly prefix?: string
  /** How many there are of each thing that orders refer to (articles, accounts); default 1000. */
  readonly instances?: number
}

/** Commands from outside, made for a flow: as data, ready to be executed. */
export interface Orders {
  readonly plan: LoadPlan
  /** What makes the things that orders refer to (articles, accounts): to be sent before them, in this order. */
  supplies(): Iterable<Command>
  /** The order of this number, from 0: the same one each time. */
  order(number: number): Command
  /** What those outside say to an event, if anything: the same each time. */
  answer(event: AnsweredEvent): Answer
  /** What those outside begin beside a saga that this event starts, since it waits for that. */
  beside(event: AnsweredEvent & { readonly data: unknown }): readonly Command[]
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

const INSTANCES = 1000
/** Of what the flow would refuse at the first try so many are sent all the same. */
const REFUSED = 0.5
const TRIES = 20
/** Of supplied instances so many are scarce: what needs them is refused sooner or later. */
const SCARCE = 0.02
/** What a number of a supply is of its example. */
const PLENTY = 1_000_000

/**
 * The orders of a load: commands that begin the flow, what they refer to, and what those outside answer, all seeded.
 * Data is valid by the payload's schema, varied around the examples and scenarios of the file; what the flow would
 * refuse is mostly made anew.
 */
export function ordersFor(
  compiled: CompiledFlow,
  { seed, prefix = seed, instances = INSTANCES }: OrderOptions,
): Orders {
  const { flow } = compiled
  const plan = planLoad(flow)
  const supplied = suppliedBy(flow, plan, instances)
  const references = referencesTo(flow, supplied)
  const judge = judgeOf(compiled)
  const bases = new Map([...flow.commands.values()].map((one) => [one.name, goodBases(one)]))

  function goodBases(command: FlowCommand): readonly JsonObject[] {
    const all = basesOf(flow, command)
    const id = String(all[0]?.[idOf(command)] ?? '')
    const valid = all.filter((data) => judge(as(command, id, data)) !== 'invalid')
    const taken = valid.filter((data) => judge(as(command, id, data)) === 'taken')
    return [taken, valid, all].find(({ length }) => length > 0) ?? []
  }

  function idOf({ payload }: FlowCommand): string {
    return payload.fields[0]?.name ?? ''
  }

  function as(command: FlowCommand, id: string, data: JsonObject): Command {
    return compiled.command(command.name, id, { ...data, [idOf(command)]: id })
  }

  function make(command: FlowCommand, id: string, random: Random, plenty?: number): Command {
    const base = random.pick(bases.get(command.name) ?? []) ?? command.payload.example
    return as(command, id, dataFor(command.payload, base, { random, references, plenty }))
  }

  function first(command: FlowCommand, id: string, random: Random): Command {
    for (let tried = 0; tried < TRIES; tried++) {
      const made = make(command, id, random)
      const verdict = judge(made)
      if (verdict === 'taken') return made
      if (verdict === 'refused' && tried === 0 && random.chance(REFUSED)) return made
    }
    return plain(command, id)
  }

  function later(command: FlowCommand, id: string, random: Random, plenty?: number): Command {
    const made = make(command, id, random, plenty)
    return judge(made) === 'invalid' ? plain(command, id) : made
  }

  function plain(command: FlowCommand, id: string): Command {
    return as(command, id, bases.get(command.name)?.[0] ?? command.payload.example)
  }

  return {
    plan,
    *supplies() {
      for (const command of plan.supplies) {
        const random = randomOf(seed, 'supply', command.name)
        for (const id of supplied.get(command.aggregate) ?? []) {
          yield later(command, id, random, random.chance(SCARCE) ? 1 : PLENTY)
        }
      }
    },
    order(number) {
      const random = randomOf(seed, 'order', number)
      const command = random.pick(plan.starters)
      if (!command) throw new RangeError(`The flow ${flow.name} has no command from outside that begins it.`)
      const example = String(flow.aggregates.get(command.aggregate)?.id.example ?? '')
      return first(command, `${example}-${prefix}-${number + 1}`, random)
    },
    answer({ type, stream, version, id }) {
      const alternatives = plan.answers.get(type)
      if (!alternatives) return { kind: 'none' }
      const random = randomOf(seed, stream, version)
      const command = choose(alternatives, random)
      if (command) return { kind: 'command', command: later(command, id, random) }
      return { kind: alternatives.awaited ? 'silent' : 'none' }
    },
    beside({ type, stream, version, data }) {
      return (plan.companions.get(type) ?? []).flatMap(({ saga, alternatives }) => {
        const random = randomOf(seed, stream, version, saga.name)
        const command = choose(alternatives, random)
        const key = asObject(data)[saga.key.fields.get(type) ?? saga.key.name]
        if (!command || key === undefined) return []
        const made = later(command, String(key), random)
        const named = command.payload.fields.some(({ name }) => name === saga.key.name)
        return [named ? { ...made, data: { ...asObject(made.data), [saga.key.name]: key } } : made]
      })
    },
  }
}
