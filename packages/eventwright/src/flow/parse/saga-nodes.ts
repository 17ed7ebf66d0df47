import type { NamedEvent, Place, Retry, SagaNode, Send, Step, Timeout } from '../model/index.ts'
import { durationMs } from './duration.ts'
import { readExpression } from './expressions.ts'
import { eventNamed, type Reading, text } from './reading.ts'
import { answerType, failureType, type SagaScope, withItem, withVariable } from './saga-types.ts'
import { readSend, type SendContext, sendTrees } from './send.ts'
import { at, entriesOf, itemsOf, type Tree } from './tree.ts'

const BACKOFF_MS = 1000

/** What is carried through the nodes of one saga. `byKey` collects the answers that only the key tells. */
export type Walk = {
  readonly reading: Reading
  readonly key: SendContext['key']
  readonly names: Set<string>
  readonly byKey: NamedEvent[]
}

/** Reads nodes in order: each sees the answers of those before it. */
export function readNodes(
  tree: Tree | undefined,
  scope: SagaScope,
  walk: Walk,
): { nodes: SagaNode[]; scope: SagaScope } {
  const nodes: SagaNode[] = []
  let current = scope
  for (const item of itemsOf(tree)) {
    const read = readNode(item, current, walk)
    if (read === undefined) continue
    nodes.push(read.node)
    current = read.scope
  }
  return { nodes, scope: current }
}

type ReadNode = { readonly node: SagaNode; readonly scope: SagaScope }

function readNode(tree: Tree, scope: SagaScope, walk: Walk): ReadNode | undefined {
  const place = entriesOf(tree)[0]?.place ?? tree.place
  const parallel = at(tree, 'parallel')
  if (parallel !== undefined) return readParallel(parallel, place, scope, walk)
  const wait = at(tree, 'wait')
  if (wait !== undefined) {
    const name = text(at(tree, 'step')) || 'wait'
    return { node: { kind: 'wait', name, place, ms: durationMs(text(wait)) ?? 0 }, scope }
  }
  const each = at(tree, 'each')
  if (each !== undefined) return readEach(tree, each, place, scope, walk)
  return readStep(tree, scope, walk)
}

/** Steps that run at once do not see each other's answers; what follows sees them all. */
function readParallel(tree: Tree, place: Place, scope: SagaScope, walk: Walk): ReadNode {
  const reads = itemsOf(tree).flatMap((item) => readNode(item, scope, walk) ?? [])
  const variables = new Map(reads.flatMap((read) => [...read.scope.variables]))
  return {
    node: { kind: 'parallel', place, nodes: reads.map((r) => r.node) },
    scope: reads.length === 0 ? scope : { ...scope, variables },
  }
}

function readEach(tree: Tree, each: Tree, place: Place, scope: SagaScope, walk: Walk): ReadNode | undefined {
  const read = readExpression(each, scope, walk.reading.report)
  const isList = read === undefined || read.fieldType.kind === 'list' || read.compiled.type === 'dyn'
  if (!isList)
    walk.reading.report(
      'expression-type',
      each.place,
      '`each` runs over a list, and this is none.',
      'Name a field that is a list.',
    )
  const item = read?.fieldType.kind === 'list' ? read.fieldType.element : ({ kind: 'any' } as const)
  const inner = withItem(scope, item)
  const steps = at(tree, 'steps')
  const nodes =
    steps === undefined
      ? [readStep(tree, inner, walk)?.node].filter((n) => n !== undefined)
      : readNodes(steps, inner, walk).nodes
  return read === undefined
    ? undefined
    : { node: { kind: 'each', place, list: read.expression, nodes }, scope }
}

function readStep(tree: Tree, scope: SagaScope, walk: Walk): ReadNode | undefined {
  const { reading } = walk
  const nameTree = at(tree, 'step')
  const name = text(nameTree)
  const place = nameTree?.place ?? tree.place
  if (walk.names.has(name))
    reading.report(
      'duplicate-name',
      place,
      `There is another step \`${name}\` in the saga.`,
      'Give one of them another name.',
    )
  if (scope.variables.has(name) || name === 'failure')
    reading.report(
      'bad-name',
      place,
      `\`${name}\` is taken in the saga's expressions.`,
      'Choose another name.',
    )
  walk.names.add(name)
  const context: SendContext = { reading, key: walk.key, scope }
  walk.byKey.push(...foundByKey(tree, reading))
  const send = at(tree, 'send') === undefined ? undefined : readSend(sendTrees(tree), context)
  const done = namedEvents(at(tree, 'done'), reading)
  const timeout = readTimeout(at(tree, 'timeout'), context, send)
  const retry = readRetry(at(tree, 'retry'))
  // Without its forward command nothing can be said about the compensation.
  const unresolved = send === undefined && at(tree, 'send') !== undefined
  const compensate = unresolved ? undefined : readCompensation(at(tree, 'compensate'), context, send, place)
  const step: Step = {
    kind: 'step',
    name,
    place,
    done,
    fail: namedEvents(at(tree, 'fail'), reading),
    ...(send === undefined ? {} : { send }),
    ...(compensate === undefined ? {} : { compensate }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
  }
  return { node: step, scope: withVariable(scope, name, answerType(done, reading.events)) }
}

function readCompensation(
  tree: Tree | undefined,
  context: SendContext,
  forward: Send | undefined,
  place: Place,
): Step['compensate'] {
  if (tree === undefined) return undefined
  if (text(tree) === 'none') return 'none'
  const scope = withVariable(context.scope, 'failure', failureType(place))
  const inner = forward === undefined ? { ...context, scope } : { ...context, scope, forward }
  return readSend(sendTrees(tree), inner)
}

function readTimeout(
  tree: Tree | undefined,
  context: SendContext,
  forward: Send | undefined,
): Timeout | undefined {
  const after = at(tree, 'after')
  const ms = durationMs(text(after))
  if (tree === undefined || after === undefined || ms === undefined) return undefined
  const thenTree = at(tree, 'then')
  const word = text(thenTree)
  if (thenTree === undefined || word === 'compensate') return { ms, then: 'compensate', place: after.place }
  if (word === 'continue') return { ms, then: 'continue', place: after.place }
  const send = readSend(sendTrees(thenTree), forward === undefined ? context : { ...context, forward })
  return send === undefined ? undefined : { ms, then: send, place: after.place }
}

function readRetry(tree: Tree | undefined): Retry | undefined {
  if (tree === undefined) return undefined
  if (tree.kind === 'scalar') return { times: 'forever', backoffMs: BACKOFF_MS, place: tree.place }
  const times = text(at(tree, 'times'))
  const backoffMs = durationMs(text(at(tree, 'backoff'))) ?? BACKOFF_MS
  return { times: times === 'forever' ? 'forever' : Number(times), backoffMs, place: tree.place }
}

/**
 * Answers that are found by the key alone: all of a step without a command, and the call-backs of a step with one,
 * which a command from outside causes.
 */
function foundByKey(step: Tree, reading: Reading): NamedEvent[] {
  const command = at(step, 'send')
  const caused = command === undefined ? [] : reading.commands.get(text(command))?.emits
  const answers = [...itemsOf(at(step, 'done')), ...itemsOf(at(step, 'fail'))]
  const callBacks = answers.filter((a) => caused !== undefined && !caused.includes(text(a)))
  return callBacks.flatMap((a) => (reading.events.has(text(a)) ? [{ event: text(a), place: a.place }] : []))
}

/** The events that a list names. */
export function namedEvents(tree: Tree | undefined, reading: Reading): NamedEvent[] {
  return itemsOf(tree).flatMap((item) => {
    const event = eventNamed(reading, text(item), item.place)
    return event === undefined ? [] : [{ event: event.name, place: item.place }]
  })
}
