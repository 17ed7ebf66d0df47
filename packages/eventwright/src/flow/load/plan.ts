import type { Command, Flow } from '../model/index.ts'
import type { Alternatives } from './alternatives.ts'
import { answersIn } from './answers.ts'
import { type Companion, companionsIn } from './companions.ts'
import { creates, stays } from './creates.ts'

/** What a load does with a flow: derived from the flow alone. */
export interface LoadPlan {
  /** Commands from outside that begin a flow; each order is one of them. */
  readonly starters: readonly Command[]
  /** Commands from outside that make what orders refer to (articles, accounts): sent before the load, in order. */
  readonly supplies: readonly Command[]
  /** By event: what outside may say once it happened. */
  readonly answers: ReadonlyMap<string, Alternatives>
  /** By the start of a saga: what outside begins beside it, since the saga waits for that. */
  readonly companions: ReadonlyMap<string, readonly Companion[]>
}

/** Reads from a flow how it is put under load. */
export function planLoad(flow: Flow): LoadPlan {
  const outside = [...flow.commands.values()].filter(({ by }) => by !== undefined)
  const creators = outside.filter(creates)
  const starts = new Set([...flow.sagas.values()].map(({ start }) => start))
  const starting = creators.filter(({ emits }) => emits.some((event) => starts.has(event)))
  const starters = starting.length > 0 ? starting : creators
  const begun = new Set(starters.map(({ aggregate }) => aggregate))
  const others = creators.filter(({ aggregate }) => !begun.has(aggregate))
  const companions = companionsIn(flow, others)
  const beside = new Set(
    [...companions.values()]
      .flat()
      .flatMap(({ alternatives }) => alternatives.choices.map(({ command }) => command)),
  )
  const supplying = others.filter((command) => !beside.has(command))
  const supplied = new Set(supplying.map(({ aggregate }) => aggregate))
  const filling = outside.filter(
    (command) => supplied.has(command.aggregate) && !creates(command) && stays(flow, command),
  )
  return {
    starters,
    supplies: [...supplying, ...filling],
    answers: answersIn(flow, outside, supplied),
    companions,
  }
}
