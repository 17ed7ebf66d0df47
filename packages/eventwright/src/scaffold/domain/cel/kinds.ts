import type { Field, FieldType, SyntaxNode } from '../../../flow/index.ts'
import { argumentsOf, isNode, nodeAt, type Scope } from './scope.ts'

/** What is known of a value's type, in CEL's own classes. */
export type Kind =
  | 'int'
  | 'double'
  | 'string'
  | 'bool'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'object'
  | 'null'
  | 'dyn'

const LISTS = new Set(['filter', 'sortBy', 'distinct'])

/** The type of a node where payloads or literals tell it. */
export function typeOf(node: SyntaxNode, scope: Scope): FieldType | undefined {
  switch (node.op) {
    case 'id':
      return scope.variables.get(String(node.args))?.type
    case '.':
      return fieldOf(node, scope)?.type
    case '[]':
      return indexedType(node, scope)
    case '?:':
      return typeOf(nodeAt(node, 1), scope)
    case '+':
      return isList(node) ? typeOf(nodeAt(node, 0), scope) : undefined
    case 'list':
      return listType(node, scope)
    case 'rcall':
      return callType(node, scope)
    case 'call':
      return argumentsOf(node)[0] === 'distinct' ? typeOf(firstArgument(node), scope) : undefined
    default:
      return undefined
  }
}

function indexedType(node: SyntaxNode, scope: Scope): FieldType | undefined {
  const [holder, key] = [nodeAt(node, 0), nodeAt(node, 1)]
  if (typeOf(holder, scope)?.kind !== 'object') return elementOf(holder, scope)
  return key.op === 'value' ? fieldOf({ op: '.', args: [holder, key.args] }, scope)?.type : undefined
}

function listType(node: SyntaxNode, scope: Scope): FieldType | undefined {
  const [first] = argumentsOf(node)
  const element = isNode(first) ? (typeOf(first, scope) ?? typeOfCel(first)) : undefined
  return element === undefined ? undefined : { kind: 'list', element }
}

function callType(node: SyntaxNode, scope: Scope): FieldType | undefined {
  const [method] = argumentsOf(node)
  if (LISTS.has(String(method))) return typeOf(nodeAt(node, 1), scope)
  if (method !== 'map') return undefined
  const { variable, bodies } = loopOf(node)
  const body = bodies.at(-1)
  if (body === undefined) return undefined
  const element = typeOf(body, withItem(scope, node, variable)) ?? typeOfCel(body)
  return { kind: 'list', element }
}

/** The declared field that a select names. */
export function fieldOf(node: SyntaxNode, scope: Scope): Field | undefined {
  const object = typeOf(nodeAt(node, 0), scope)
  const name = argumentsOf(node)[1]
  return object?.kind === 'object' ? object.fields.find((field) => field.name === name) : undefined
}

/** The type of a list's elements. */
export function elementOf(list: SyntaxNode, scope: Scope): FieldType {
  const type = typeOf(list, scope) ?? typeOfCel(list)
  return type.kind === 'list' ? type.element : { kind: 'any' }
}

/** The variable and the bodies of a macro over a list. */
export function loopOf(node: SyntaxNode): {
  readonly variable: string
  readonly bodies: readonly SyntaxNode[]
} {
  const inner = argumentsOf(node)[2]
  const [first, ...bodies] = Array.isArray(inner) ? inner.filter(isNode) : []
  return { variable: String(first?.args), bodies }
}

/** The scope in a macro's bodies, its variable under CEL's own name. */
export function withItem(scope: Scope, loop: SyntaxNode, variable: string, code: string = variable): Scope {
  const list = nodeAt(loop, 1)
  const keys = kindOf(list, scope) === 'object'
  const type: FieldType = keys ? { kind: 'string' } : elementOf(list, scope)
  return { ...scope, variables: new Map(scope.variables).set(variable, { code, type }) }
}

/** What kind of value a node gives. */
export function kindOf(node: SyntaxNode, scope: Scope): Kind {
  const type = typeOf(node, scope)
  if (type === undefined) return kindOfCel(node)
  if (type.kind === 'enum') return 'string'
  return type.kind === 'any' ? kindOfCel(node) : type.kind
}

function kindOfCel(node: SyntaxNode): Kind {
  if (node.op === 'value') return kindOfLiteral(node.args)
  const name = node.checkedType?.name ?? 'dyn'
  if (name.startsWith('list')) return 'list'
  if (name.startsWith('map')) return 'object'
  const kinds: Readonly<Record<string, Kind>> = {
    int: 'int',
    double: 'double',
    string: 'string',
    bool: 'bool',
    null: 'null',
    'google.protobuf.Timestamp': 'timestamp',
    'google.protobuf.Duration': 'duration',
  }
  return kinds[name] ?? 'dyn'
}

function kindOfLiteral(literal: unknown): Kind {
  if (literal === null) return 'null'
  const kinds: Readonly<Record<string, Kind>> = {
    bigint: 'int',
    number: 'double',
    string: 'string',
    boolean: 'bool',
  }
  return kinds[typeof literal] ?? 'dyn'
}

function typeOfCel(node: SyntaxNode): FieldType {
  const kind = kindOfCel(node)
  if (kind === 'list') {
    const inner = /^list<(.*)>$/.exec(node.checkedType?.name ?? '')?.[1]
    return { kind: 'list', element: typeNamed(inner) }
  }
  return ['int', 'double', 'string', 'bool', 'timestamp'].includes(kind) ? typeNamed(kind) : { kind: 'any' }
}

function typeNamed(name: string | undefined): FieldType {
  if (name === 'google.protobuf.Timestamp' || name === 'timestamp') return { kind: 'timestamp' }
  if (name === 'int' || name === 'double' || name === 'string' || name === 'bool') return { kind: name }
  const inner = /^list<(.*)>$/.exec(name ?? '')?.[1]
  return inner === undefined ? { kind: 'any' } : { kind: 'list', element: typeNamed(inner) }
}

function isList(node: SyntaxNode): boolean {
  return node.checkedType?.name.startsWith('list') ?? false
}

/** The first argument of a function call. */
export function firstArgument(node: SyntaxNode): SyntaxNode {
  const args = argumentsOf(node)[1]
  const first: unknown = Array.isArray(args) ? args[0] : undefined
  if (!isNode(first)) throw new TypeError(`${String(argumentsOf(node)[0])}() of CEL has no argument`)
  return first
}
