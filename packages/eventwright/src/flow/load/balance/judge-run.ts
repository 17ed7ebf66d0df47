import { isDeepStrictEqual } from 'node:util'
import { streamOf } from '@eventwright/core'
import { asObject } from '../../compile/plain.ts'
import type { Flow, JsonObject, NamedEvent, Step } from '../../model/index.ts'
import { stepsOf } from '../saga-steps.ts'
import type { ExpectedCommand } from './expected-commands.ts'
import type { Effect, SagaRun, Sent } from './saga-run.ts'

/** What is wrong with a run that completed: each step of the flow is to be done once, and nothing undone. */
export function judgeCompleted(
  flow: Flow,
  run: SagaRun,
  expected: readonly ExpectedCommand[],
): readonly string[] {
  const sent = [...run.sent.values()]
  const groups = Map.groupBy(expected, ({ command, id }) => `${command} of ${id}`)
  return [
    ...expected.flatMap((one) => unsent(flow, one, sent)),
    ...[...groups.values()].flatMap((group) => misdone(flow, run, group)),
    ...sent.filter(({ role }) => role === 'undo').map(({ step }) => `step ${step} was undone`),
    ...missingEnd(run, 'completed'),
  ]
}

function unsent(flow: Flow, expected: ExpectedCommand, sent: readonly Sent[]): readonly string[] {
  const { step, command, id, data } = expected
  const same = sent.filter((one) => one.command.type === command && one.command.id === id)
  if (same.length === 0) return [`step ${step.name}: ${command} of ${id} was never sent`]
  const field = flow.aggregates.get(flow.commands.get(command)?.aggregate ?? '')?.id.name ?? ''
  const own = without(field, data)
  if (same.some((one) => isDeepStrictEqual(without(field, asObject(one.command.data)), own))) return []
  return [`step ${step.name}: ${command} of ${id} carries other data than the flow says`]
}

/** What is written by hand has the id beside the data. */
function without(field: string, data: JsonObject): JsonObject {
  const { [field]: _, ...rest } = data
  return rest
}

function misdone(flow: Flow, run: SagaRun, group: readonly ExpectedCommand[]): readonly string[] {
  const [first] = group
  if (!first) return []
  const { step, command, id } = first
  const stream = streamOf(flow.commands.get(command)?.aggregate ?? '', id)
  const done = run.effects.filter((effect) => effect.stream === stream && isOf(effect, step.done))
  const ofCommands = new Set(done.flatMap(({ commandId }) => commandId ?? []))
  const count = done.some(({ commandId }) => commandId === undefined) ? group.length : ofCommands.size
  const names = step.done.map(({ event }) => event).join(' or ')
  if (count > group.length) return [`step ${step.name}: ${names} stands ${count} times in ${stream}`]
  if (count === group.length || step.timeout?.then === 'continue') return []
  return [`step ${step.name}: ${names} is missing in ${stream}`]
}

/** What is wrong with a run that compensated: what was done, or may have been, is to be undone. */
export function judgeCompensated(run: SagaRun): readonly string[] {
  const steps = new Map(stepsOf(run.saga.nodes).map((step) => [step.name, step]))
  const forward = [...run.sent.values()].filter(({ role }) => role === 'do' || role === 'timeout')
  return [
    ...[...Map.groupBy(forward, ({ path }) => path)].flatMap(([path, sent]) => {
      const step = steps.get(sent[0]?.step ?? '')
      return step && needsUndo(run, step, sent) ? undoFaults(run, path, sent) : []
    }),
    ...missingEnd(run, 'compensated'),
  ]
}

/** Commands of steps without a compensation that were not answered: what they do later needs no taking back. */
export function leftUnderWay({ saga, sent }: SagaRun): readonly string[] {
  const kept = new Set(stepsOf(saga.nodes).flatMap((step) => (hasUndo(step) ? [] : [step.name])))
  return [...sent.values()]
    .filter(({ role, step, handled }) => role === 'do' && handled === undefined && kept.has(step))
    .map(({ command }) => command.commandId)
}

function hasUndo({ compensate }: Step): boolean {
  return compensate !== undefined && compensate !== 'none'
}

/** A step that was refused, or failed by an event of its own, has had no effect. */
function needsUndo(run: SagaRun, step: Step, sent: readonly Sent[]): boolean {
  if (!hasUndo(step)) return false
  const caused = run.effects.filter((effect) => isCausedBy(effect, sent))
  if (caused.some((effect) => isOf(effect, step.done))) return true
  if (caused.some((effect) => isOf(effect, step.fail))) return false
  return !sent.every(({ handled }) => handled?.outcome === 'refused' || handled?.outcome === 'nothing')
}

function isCausedBy({ commandId, stream }: Effect, sent: readonly Sent[]): boolean {
  return sent.some(({ command }) =>
    commandId === undefined
      ? streamOf(command.aggregate, command.id) === stream
      : command.commandId === commandId,
  )
}

function undoFaults(run: SagaRun, path: string, forward: readonly Sent[]): readonly string[] {
  const undos = [...run.sent.values()].filter((sent) => sent.role === 'undo' && sent.path === path)
  const [first] = forward
  const what = `step ${first?.step}: ${first?.command.type} of ${first?.command.id}`
  if (undos.length === 0) return [`${what} was never undone`]
  const taken = undos.find(({ handled }) => handled !== undefined && handled.outcome !== 'refused')
  if (!taken) return [`${what}: ${undos[0]?.command.type} was not taken`]
  const { handled, command } = taken
  if (handled?.outcome !== 'events') return [] // whether nothing is right is for the check of decisions to say
  const happened = run.effects.some(({ commandId }) => commandId === command.commandId)
  return happened ? [] : [`${what}: the events of ${command.type} are not in the log`]
}

function missingEnd({ saga, sent }: SagaRun, role: 'completed' | 'compensated'): readonly string[] {
  const last = saga[role]
  if (!last) return []
  const own = [...sent.values()].filter((one) => one.role === role)
  if (own.length === 0) return [`${last.command} was never sent`]
  return own.some(({ handled }) => handled !== undefined) ? [] : [`${last.command} was never answered`]
}

function isOf({ type }: Effect, events: readonly NamedEvent[]): boolean {
  return events.some(({ event }) => event === type)
}
