import type { Place, Send, Source } from '../model/index.ts'
import { readExpression } from './expressions.ts'
import { type Copied, readMapping } from './mapping.ts'
import { commandNamed, type Reading, text } from './reading.ts'
import type { SagaScope } from './saga-types.ts'
import { at, type Entry, entriesOf, type Tree } from './tree.ts'

/** A command to send as written: `COMMAND`, or `{ send, id, with }`. */
export type SendTrees = {
  readonly command: string
  readonly place: Place
  readonly id?: Tree
  readonly written: readonly Entry[]
}

/** The parts of a send that is written as a name or as a map. */
export function sendTrees(tree: Tree): SendTrees {
  const named = tree.kind === 'map' ? at(tree, 'send') : tree
  const id = at(tree, 'id')
  const base = {
    command: text(named),
    place: named?.place ?? tree.place,
    written: entriesOf(at(tree, 'with')),
  }
  return id === undefined ? base : { ...base, id }
}

/** What a saga's sends have in common. */
export type SendContext = {
  readonly reading: Reading
  /** The saga's key and the field of the start that holds it. */
  readonly key: { readonly name: string; readonly startField: string }
  readonly scope: SagaScope
  /** The forward command, for a compensation or a time-out's command: they go to its stream. */
  readonly forward?: Send
}

/** Resolves a send: the stream's id and the whole payload. */
export function readSend(trees: SendTrees, context: SendContext): Send | undefined {
  const { reading, scope, forward } = context
  const command = commandNamed(reading, trees.command, trees.place)
  if (command === undefined) return undefined
  const aggregate = reading.aggregates.get(command.aggregate)
  if (aggregate === undefined) return undefined
  const id = readId(trees, command.name, aggregate.id.name, context)
  if (id === undefined) return undefined
  const given = new Map<string, Source>([[aggregate.id.name, id]])
  for (const mapped of forward?.data ?? [])
    if (mapped.written && !given.has(mapped.field)) given.set(mapped.field, mapped.source)
  const data = readMapping(
    {
      target: `the command ${command.name}`,
      fields: command.payload.fields,
      place: trees.place,
      written: trees.written,
      scope,
      copied: copiedOf(scope),
      given,
    },
    reading.report,
  )
  return { command: command.name, id, data, place: trees.place }
}

function readId(
  trees: SendTrees,
  command: string,
  idField: string,
  context: SendContext,
): Source | undefined {
  const { reading, scope, forward, key } = context
  if (trees.id !== undefined) {
    const read = readExpression(trees.id, scope, reading.report)
    return read === undefined ? undefined : { from: 'expression', expression: read.expression }
  }
  if (forward !== undefined) return forward.id
  if (key.name === idField) return { from: 'field', variable: 'start', field: key.startField }
  reading.report(
    'missing-id',
    trees.place,
    `\`${command}\` goes to a stream by \`${idField}\`, and the saga's key is \`${key.name}\`.`,
    `Say which one: \`id: …\`, in CEL over \`start\`.`,
  )
  return undefined
}

function copiedOf(scope: SagaScope): Copied[] {
  return scope.copied.flatMap((variable) => {
    const type = scope.variables.get(variable)
    return type === undefined ? [] : [{ variable, type }]
  })
}
