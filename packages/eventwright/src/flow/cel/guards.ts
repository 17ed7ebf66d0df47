import type { ASTNode } from '@marcbachmann/cel-js'
import type { Field, FieldType } from '../model/index.ts'
import type { ExpressionProblem } from './errors.ts'

type Node = { readonly op: string; readonly args: unknown; readonly start: number; readonly end: number }
type Variables = ReadonlyMap<string, FieldType>
type Known = ReadonlySet<string>
type Facts = { readonly whenTrue: Known; readonly whenFalse: Known }

const NOTHING: Known = new Set()
const NO_FACTS: Facts = { whenTrue: NOTHING, whenFalse: NOTHING }
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'sortBy'])

/**
 * Finds what CEL's own type check leaves open: a field of a payload that may be absent and is read without a
 * `has()` before it, and a `has()` of a field that there is not.
 */
export function findUnguarded(ast: ASTNode, variables: Variables): ExpressionProblem[] {
  const problems: ExpressionProblem[] = []
  walk(ast, variables, NOTHING, problems)
  return problems
}

/** Visits a node with the fields known to be there; says what its truth and its falsehood prove. */
function walk(node: Node, variables: Variables, known: Known, problems: ExpressionProblem[]): Facts {
  const args = Array.isArray(node.args) ? (node.args as readonly unknown[]) : [node.args]
  const visit = (n: unknown, k: Known = known, v: Variables = variables): Facts =>
    isNode(n) ? walk(n, v, k, problems) : NO_FACTS
  switch (node.op) {
    case '&&': {
      const left = visit(args[0])
      const right = visit(args[1], union(known, left.whenTrue))
      return { whenTrue: union(left.whenTrue, right.whenTrue), whenFalse: NOTHING }
    }
    case '||': {
      const left = visit(args[0])
      const right = visit(args[1], union(known, left.whenFalse))
      return { whenTrue: NOTHING, whenFalse: union(left.whenFalse, right.whenFalse) }
    }
    case '!_': {
      const inner = visit(args[0])
      return { whenTrue: inner.whenFalse, whenFalse: inner.whenTrue }
    }
    case '?:': {
      const condition = visit(args[0])
      visit(args[1], union(known, condition.whenTrue))
      visit(args[2], union(known, condition.whenFalse))
      return NO_FACTS
    }
    case 'call':
      if (args[0] === 'has') return checkHas(args[1], variables, known, problems)
      break
    case 'rcall':
      if (LOOPS.has(String(args[0]))) return walkLoop(args, variables, known, problems)
      break
    case '.':
      checkSelect(node, variables, known, problems)
      break
  }
  for (const child of flatten(args)) visit(child)
  return NO_FACTS
}

function checkHas(list: unknown, variables: Variables, known: Known, problems: ExpressionProblem[]): Facts {
  const target = Array.isArray(list) ? (list[0] as unknown) : list
  if (!isNode(target) || target.op !== '.') return NO_FACTS
  const [object, field] = target.args as readonly [Node, string]
  walk(object, variables, known, problems)
  const type = typeOf(object, variables)
  if (type?.kind === 'object' && !type.open && fieldOf(type, field) === undefined) {
    problems.push(unknownField(target, object, field, type.fields))
  }
  const path = pathOf(target)
  return path === undefined ? NO_FACTS : { whenTrue: new Set([path]), whenFalse: NOTHING }
}

function walkLoop(
  args: readonly unknown[],
  variables: Variables,
  known: Known,
  problems: ExpressionProblem[],
): Facts {
  const receiver = args[1]
  const inner = args[2]
  if (!isNode(receiver) || !Array.isArray(inner)) return NO_FACTS
  walk(receiver, variables, known, problems)
  const [variable, ...bodies] = inner as readonly Node[]
  const list = typeOf(receiver, variables)
  const element: FieldType = list?.kind === 'list' ? list.element : { kind: 'any' }
  const scope = variable?.op === 'id' ? new Map(variables).set(String(variable.args), element) : variables
  let proven = known
  // map(x, filter, transform): what the filter proves holds in the transform.
  for (const body of bodies) proven = union(proven, walk(body, scope, proven, problems).whenTrue)
  return NO_FACTS
}

function checkSelect(node: Node, variables: Variables, known: Known, problems: ExpressionProblem[]): void {
  const [object, name] = node.args as readonly [Node, string]
  const type = typeOf(object, variables)
  if (type?.kind !== 'object') return
  const field = fieldOf(type, name)
  const path = pathOf(node)
  if (field?.optional !== true || (path !== undefined && known.has(path))) return
  const shown = path ?? name
  problems.push({
    kind: 'unguarded',
    message: `\`${shown}\` may be absent.`,
    mend:
      path === undefined
        ? 'Bind it to a name and guard it with has().'
        : `Guard it: \`has(${path}) ? ${path} : …\`, or \`has(${path}) && …\`.`,
    start: node.start,
    end: node.end,
  })
}

function unknownField(node: Node, object: Node, field: string, fields: readonly Field[]): ExpressionProblem {
  const names = fields.map((f) => `\`${f.name}\``).join(', ')
  const of = pathOf(object) ?? 'it'
  return {
    kind: 'unknown-field',
    message: `There is no field \`${field}\` in \`${of}\`.`,
    mend: names === '' ? 'It has no fields.' : `Its fields are ${names}.`,
    start: node.start,
    end: node.end,
  }
}

/** The type of a path of fields and elements, if the payloads tell it. */
export function typeOf(node: Node, variables: Variables): FieldType | undefined {
  if (node.op === 'id') return variables.get(String(node.args))
  if (node.op === '.') {
    const [object, name] = node.args as readonly [Node, string]
    const type = typeOf(object, variables)
    return type?.kind === 'object' ? fieldOf(type, name)?.type : undefined
  }
  if (node.op === '[]') {
    const [list] = node.args as readonly [Node, Node]
    const type = typeOf(list, variables)
    return type?.kind === 'list' ? type.element : undefined
  }
  if (node.op === 'rcall') {
    const [method, receiver] = node.args as readonly [string, Node]
    return ['filter', 'sortBy', 'distinct'].includes(method) ? typeOf(receiver, variables) : undefined
  }
  return undefined
}

function pathOf(node: Node): string | undefined {
  if (node.op === 'id') return String(node.args)
  if (node.op !== '.') return undefined
  const [object, name] = node.args as readonly [Node, string]
  const before = pathOf(object)
  return before === undefined ? undefined : `${before}.${name}`
}

function fieldOf(type: FieldType & { kind: 'object' }, name: string): Field | undefined {
  return type.fields.find((field) => field.name === name)
}

function union(a: Known, b: Known): Known {
  return b.size === 0 ? a : new Set([...a, ...b])
}

/** The arguments of a node, lists of arguments unfolded. */
export function flatten(args: readonly unknown[]): unknown[] {
  return args.flatMap((arg) => (Array.isArray(arg) ? flatten(arg as readonly unknown[]) : [arg]))
}

/** Whether a value is a node of the syntax tree. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}
