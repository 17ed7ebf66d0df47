import type { Command, Flow, FlowEvent, SagaNode, Step } from '../model/index.ts'
import { NONE } from '../model/index.ts'

/** What a load does with a flow: derived from the flow alone. */
export interface LoadPlan {
  /** Commands from outside that begin a flow; each order is one of them. */
  readonly starters: readonly Command[]
  /** Commands from outside that make what orders refer to (articles, accounts): sent before the load, in order. */
  readonly supplies: readonly Command[]
  /** By event: what outside may say once it happened. */
  readonly answers: ReadonlyMap<string, Alternatives>
}

/** What may be answered, with weights. */
export interface Alternatives {
  readonly choices: readonly { readonly command: Command; readonly weight: number }[]
  readonly silent: number
  /** True where a saga waits for one of them. */
  readonly awaited: boolean
}

/** Of a hundred that a saga waits for, so many are given, refused in words, withdrawn, or never answered. */
const WEIGHT = { done: 90, fail: 8, cancel: 1, silent: 2 }
/** Where no saga waits: going on to another state, staying, leaving it at that. */
const FREE = { moves: 80, stays: 10, silent: 10 }

/** Reads from a flow how it is put under load. */
export function planLoad(flow: Flow): LoadPlan {
  const outside = [...flow.commands.values()].filter(({ by }) => by !== undefined)
  const creators = outside.filter(creates)
  const starts = new Set([...flow.sagas.values()].map(({ start }) => start))
  const starting = creators.filter(({ emits }) => emits.some((event) => starts.has(event)))
  const starters = starting.length > 0 ? starting : creators
  const begun = new Set(starters.map(({ aggregate }) => aggregate))
  const supplying = creators.filter(({ aggregate }) => !begun.has(aggregate))
  const supplied = new Set(supplying.map(({ aggregate }) => aggregate))
  const filling = outside.filter(
    (command) => supplied.has(command.aggregate) && !creates(command) && stays(flow, command),
  )
  return {
    starters,
    supplies: [...supplying, ...filling],
    answers: answersIn(flow, outside, supplied),
  }
}

function creates({ accepts }: Command): boolean {
  return accepts.some(({ name }) => name === NONE)
}

/** True where the command leaves its aggregate in the state that it found. */
function stays(flow: Flow, { accepts, emits }: Command): boolean {
  const after = emits.map((event) => flow.events.get(event)?.to?.name)
  return after.every((state) => state === undefined || accepts.some(({ name }) => name === state))
}

function answersIn(
  flow: Flow,
  outside: readonly Command[],
  supplied: ReadonlySet<string>,
): LoadPlan['answers'] {
  const heard = heardBySagas(flow)
  const answers = new Map<string, Alternatives>()
  for (const event of flow.events.values()) {
    const possible = outside.filter((command) => answersTo(event, command))
    const found = alternatives(flow, possible, heard, supplied.has(event.aggregate))
    if (found.choices.length > 0) answers.set(event.name, found)
  }
  return answers
}

function answersTo({ aggregate, to }: FlowEvent, command: Command): boolean {
  if (to === undefined || command.aggregate !== aggregate || creates(command)) return false
  return command.accepts.some(({ name }) => name === to.name)
}

type Heard = Readonly<Record<'done' | 'fail' | 'cancel', ReadonlySet<string>>>

function heardBySagas(flow: Flow): Heard {
  const sagas = [...flow.sagas.values()]
  const steps = sagas.flatMap(({ nodes }) => stepsOf(nodes))
  const names = (events: readonly { readonly event: string }[]) => events.map(({ event }) => event)
  return {
    done: new Set(steps.flatMap(({ done }) => names(done))),
    fail: new Set(steps.flatMap(({ fail }) => names(fail))),
    cancel: new Set(sagas.flatMap(({ cancel }) => names(cancel))),
  }
}

/** The steps of a saga, those inside loops and parallels too. */
export function stepsOf(nodes: readonly SagaNode[]): readonly Step[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return [node]
    return node.kind === 'wait' ? [] : stepsOf(node.nodes)
  })
}

function alternatives(
  flow: Flow,
  commands: readonly Command[],
  heard: Heard,
  supplied: boolean,
): Alternatives {
  const emitsOne = (events: ReadonlySet<string>) => (command: Command) =>
    command.emits.some((event) => events.has(event))
  const done = commands.filter(emitsOne(heard.done))
  const fail = commands.filter(emitsOne(heard.fail)).filter((command) => !done.includes(command))
  const cancel = commands.filter(emitsOne(heard.cancel)).filter((command) => !done.includes(command))
  const others = commands.filter((command) => ![...done, ...fail, ...cancel].includes(command))
  const awaited = done.length + fail.length > 0
  const choices = [
    ...shared(done, WEIGHT.done),
    ...shared(fail, WEIGHT.fail),
    ...shared(cancel, WEIGHT.cancel),
    ...(awaited || supplied ? [] : free(flow, others)),
  ]
  if (awaited) return { choices, silent: WEIGHT.silent, awaited }
  return { choices, silent: cancel.length > 0 ? 100 - WEIGHT.cancel : FREE.silent, awaited }
}

function shared(commands: readonly Command[], weight: number): Alternatives['choices'] {
  return commands.map((command) => ({ command, weight: weight / commands.length }))
}

function free(flow: Flow, commands: readonly Command[]): Alternatives['choices'] {
  return [
    ...shared(
      commands.filter((command) => !stays(flow, command)),
      FREE.moves,
    ),
    ...shared(
      commands.filter((command) => stays(flow, command)),
      FREE.stays,
    ),
  ]
}
