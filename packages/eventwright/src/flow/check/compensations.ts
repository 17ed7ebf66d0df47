import { type Command, type Flow, NONE, type Saga, type SagaNode, type Step } from '../model/index.ts'
import { lifeOf, stepsOf, takes } from './life.ts'
import type { Fault, Rule } from './rule.ts'

/** A command that a compensation or a time-out sends after the forward command, which may or may not have arrived. */
type Undo = { readonly step: Step; readonly forward: Command; readonly back: Command }

function* undosOf(flow: Flow): Iterable<Undo & { saga: Saga }> {
  for (const saga of flow.sagas.values()) {
    for (const step of stepsOf(saga.nodes)) {
      const forward = flow.commands.get(step.send?.command ?? '')
      const back =
        typeof step.compensate === 'object' ? flow.commands.get(step.compensate.command) : undefined
      if (forward !== undefined && back?.aggregate === forward.aggregate) yield { saga, step, forward, back }
    }
  }
}

export const compensationMayBeRefused: Rule = {
  code: 'compensation-may-be-refused',
  *find(flow) {
    for (const { step, forward, back, saga } of undosOf(flow)) {
      const states = [...statesLeft(flow, step, forward, isUnsure(step, saga))].filter(
        (state) => !takes(back, state),
      )
      if (states.length === 0 || typeof step.compensate !== 'object') continue
      const shown = states.map((s) => `\`${s}\``).join(' and ')
      yield {
        place: step.compensate.place,
        message: `\`${back.name}\` is refused in ${shown}, where the step \`${step.name}\` may have left \`${back.aggregate}\`.`,
        mend: `Accept or ignore ${shown} in \`${back.name}\`${states.includes(NONE) ? ' (`none`: the forward command may not have arrived yet)' : ''}.`,
      }
    }
  },
}

/** Whether the step may be undone before it is known what became of it. */
function isUnsure(step: Step, saga: Saga): boolean {
  return step.timeout?.then === 'compensate' || saga.cancel.length > 0 || hasNeighbour(saga.nodes, step)
}

/** Whether it runs beside others: one of those may fail while this one is pending. */
function hasNeighbour(nodes: readonly SagaNode[], step: Step): boolean {
  return nodes.some((node) => {
    if (node.kind === 'step' || node.kind === 'wait') return false
    const within = stepsOf(node.nodes).includes(step)
    return node.kind === 'parallel' ? within : hasNeighbour(node.nodes, step)
  })
}

/** Where the stream may stand when the compensation comes. */
function statesLeft(flow: Flow, step: Step, forward: Command, unsure: boolean): Set<string> {
  const aggregate = flow.aggregates.get(forward.aggregate)
  if (aggregate === undefined) return new Set()
  const life = lifeOf(flow, aggregate)
  const done = new Set(step.done.map((d) => d.event))
  const left = new Set(life.filter((t) => done.has(t.event)).map((t) => t.to))
  if (unsure) {
    for (const { name } of forward.accepts) left.add(name)
    for (const t of life) if (t.command === forward.name) left.add(t.to)
  }
  for (let size = 0; size !== left.size; ) {
    size = left.size
    for (const t of life) if (isCallback(t, flow, left)) left.add(t.to)
  }
  return left
}

/** What somebody outside may have done to the stream meanwhile, failures included. */
function isCallback(t: { command: string; from: string }, flow: Flow, left: ReadonlySet<string>): boolean {
  return flow.commands.get(t.command)?.by !== undefined && left.has(t.from)
}

export const lateAnswerRefused: Rule = {
  code: 'late-answer-refused',
  *find(flow) {
    for (const { step, forward, back } of undosOf(flow)) {
      if (step.timeout?.then === 'compensate') yield* lateAnswers(flow, step, forward, back)
    }
  },
}

function* lateAnswers(flow: Flow, step: Step, forward: Command, back: Command): Iterable<Fault> {
  const aggregate = flow.aggregates.get(forward.aggregate)
  if (aggregate === undefined) return
  const answers = [...step.done, ...step.fail].map((a) => a.event)
  const after = new Set(
    lifeOf(flow, aggregate)
      .filter((t) => t.command === back.name)
      .map((t) => t.to),
  )
  for (const command of flow.commands.values()) {
    const answersLate =
      command.by !== undefined &&
      command.aggregate === aggregate.name &&
      command.emits.some((e) => answers.includes(e))
    if (!answersLate || command.late === 'refuse') continue
    const refusing = [...after].filter((state) => !takes(command, state))
    if (refusing.length === 0) continue
    const shown = refusing.map((s) => `\`${s}\``).join(', ')
    yield {
      place: command.place,
      message: `After the time-out of \`${step.name}\` \`${back.name}\` leaves ${shown}, where \`${command.name}\` is refused.`,
      mend: `Let \`${command.name}\` ignore ${shown}, or say \`late: refuse\`.`,
    }
  }
}
