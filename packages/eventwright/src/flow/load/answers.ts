import type { Command, Flow, FlowEvent } from '../model/index.ts'
import { type Alternatives, shared, WEIGHT } from './alternatives.ts'
import { creates, stays } from './creates.ts'
import { stepsOf } from './saga-steps.ts'

/** Where no saga waits: going on to another state, staying, leaving it at that. */
const FREE = { moves: 80, stays: 10, silent: 10 }

/** By event what those outside may say once it happened. `supplied`: aggregates that no order owns. */
export function answersIn(
  flow: Flow,
  outside: readonly Command[],
  supplied: ReadonlySet<string>,
): ReadonlyMap<string, Alternatives> {
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
  const cancel = commands
    .filter(emitsOne(heard.cancel))
    .filter((command) => ![...done, ...fail].includes(command))
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
