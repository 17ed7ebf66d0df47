import {
  type Aggregate,
  type Command,
  type Flow,
  NONE,
  type Saga,
  type SagaNode,
  type Send,
  type Step,
  type Transition,
  transitionsOf,
} from '../model/index.ts'

/** The commands of an aggregate. */
export function commandsOf(flow: Flow, aggregate: Aggregate): Command[] {
  return aggregate.commands.flatMap((name) => flow.commands.get(name) ?? [])
}

/** Every transition of an aggregate. */
export function lifeOf(flow: Flow, aggregate: Aggregate): Transition[] {
  return transitionsOf(commandsOf(flow, aggregate), (event) => flow.events.get(event)?.to?.name)
}

/** The states that commands lead to from `none`, `none` included. */
export function reachable(transitions: readonly Transition[]): Set<string> {
  const reached = new Set([NONE])
  for (let size = 0; size !== reached.size; ) {
    size = reached.size
    for (const { from, to } of transitions) if (reached.has(from)) reached.add(to)
  }
  return reached
}

/** Every step of a tree of nodes, those of loops and parallels included. */
export function stepsOf(nodes: readonly SagaNode[]): Step[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return [node]
    return node.kind === 'wait' ? [] : stepsOf(node.nodes)
  })
}

/** Every command that sagas send. */
export function sendsOf(flow: Flow): Send[] {
  return [...flow.sagas.values()].flatMap(sendsOfSaga)
}

/** Every command that a saga sends. */
export function sendsOfSaga({ nodes, completed, compensated }: Saga): Send[] {
  return [
    ...stepsOf(nodes).flatMap(sendsOfStep),
    ...[completed, compensated].filter((send) => send !== undefined),
  ]
}

/** A step's own commands: forward, compensation, at the time-out. */
export function sendsOfStep(step: Step): Send[] {
  const compensation = step.compensate === 'none' ? undefined : step.compensate
  const late = typeof step.timeout?.then === 'object' ? step.timeout.then : undefined
  return [step.send, compensation, late].filter((send) => send !== undefined)
}

/** Whether a command does something, or is ignored, in a state; a condition to ignore is given the benefit of doubt. */
export function takes(command: Command, state: string): boolean {
  const known =
    command.accepts.some((s) => s.name === state) || command.ignore.states.some((s) => s.name === state)
  return known || command.ignore.when !== undefined
}
