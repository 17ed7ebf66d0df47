import type {
  Aggregate,
  Command,
  Expression,
  Field,
  FieldType,
  FlowEvent,
  Mapping,
  SyntaxNode,
} from '../../flow/index.ts'
import { NONE } from '../../flow/index.ts'
import type { Variable } from './cel/index.ts'

/**
 * The fields that a state needs: those that are declared, and of the events' fields those that a decision or an
 * event looks at. A function in a file of its own may look at all of them.
 */
export function stateFields(
  aggregate: Aggregate,
  commands: readonly Command[],
  events: readonly FlowEvent[],
): readonly Field[] {
  // The state's own name stands under `status`, before any payload's.
  const fields = aggregate.fields.filter(({ name }) => name !== 'status')
  if (commands.some(({ decide }) => decide !== undefined)) return fields
  const used = new Set(aggregate.declared)
  const looked = [...commands.flatMap(mappingsAndExpressions), ...events.map(({ evolve }) => evolve)]
  for (const one of looked) for (const name of readFields(one)) used.add(name)
  return fields.filter(({ name }) => used.has(name))
}

function mappingsAndExpressions(command: Command): readonly (Mapping | Expression)[] {
  const { ignore, requires, lets, branches } = command
  return [
    ...(ignore.when ? [ignore.when] : []),
    ...requires.map(({ condition }) => condition),
    ...lets.map(({ value }) => value),
    ...branches.flatMap(({ when, events }) => [...(when ? [when] : []), ...events.map(({ data }) => data)]),
  ]
}

function readFields(looked: Mapping | Expression): readonly string[] {
  if (!isMapping(looked)) return fieldsRead(looked.ast)
  return looked.flatMap(({ source }) => {
    if (source.from === 'expression') return fieldsRead(source.expression.ast)
    return source.from === 'field' && source.variable === 'state' ? [source.field] : []
  })
}

function isMapping(looked: Mapping | Expression): looked is Mapping {
  return Array.isArray(looked)
}

function fieldsRead(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsRead)
  if (!isNode(value)) return []
  const [object, key] = Array.isArray(value.args) ? value.args : []
  if (
    (value.op === '.' || value.op === '[]') &&
    isNode(object) &&
    object.op === 'id' &&
    object.args === 'state'
  ) {
    return [isNode(key) ? String(key.args) : String(key)]
  }
  return fieldsRead(value.args)
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

/** `state` as expressions see it: what events brought may be absent, what is declared is there. */
export function stateVariable({ declared }: Aggregate, fields: readonly Field[], code: string): Variable {
  const own = fields.map((field) => ({ ...field, optional: !declared.includes(field.name) }))
  return { code, type: { kind: 'object', fields: own, open: false } }
}

/** `status`, which may be one of these. */
export function statusVariable(aggregate: Aggregate, code: string, possible?: readonly string[]): Variable {
  const members = possible ?? [NONE, ...aggregate.states.map(({ name }) => name)]
  const type: FieldType = { kind: 'enum', members }
  return { code, type }
}
