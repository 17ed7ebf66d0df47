import type { FieldType, SyntaxNode } from '../../../flow/index.ts'
import type { FunctionName } from './functions/index.ts'

/** A variable of an expression as TypeScript has it. */
export interface Variable {
  /** `data`, `state`, `present(failure)`. */
  readonly code: string
  readonly type: FieldType
  /** Fields that TypeScript has under a name of their own: the id of `cmd`, the `status` of `state`. */
  readonly fields?: ReadonlyMap<string, string>
  /** True where `code` is milliseconds, though the type is a timestamp. */
  readonly milliseconds?: boolean
  /** True where `code` may be of several types, of which not all have each field. */
  readonly union?: boolean
  /** True where the object itself may be absent, as a row is before its first event. */
  readonly absent?: boolean
}

/** What an expression is printed with. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Variable>
  /** Paths, as CEL writes them, that are known to be there. */
  readonly known: ReadonlySet<string>
  /** Functions that the text needs; the printer adds to it. */
  readonly uses: Set<FunctionName | 'RE2JS'>
}

/** A function that the text needs, by its name. */
export function use(scope: Scope, name: FunctionName): string {
  scope.uses.add(name)
  return name
}

/** The arguments of a node. */
export function argumentsOf(node: SyntaxNode): readonly unknown[] {
  return Array.isArray(node.args) ? node.args : [node.args]
}

/** Whether a value is a node of the syntax tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

/** A node that must stand there, by the grammar. */
export function nodeAt(node: SyntaxNode, index: number): SyntaxNode {
  const found = argumentsOf(node)[index]
  if (!isNode(found)) throw new TypeError(`${node.op} of CEL has no operand ${index}`)
  return found
}

/** `cmd.lines` as CEL writes it, where a node is a path of fields. */
export function pathOf(node: SyntaxNode): string | undefined {
  if (node.op === 'id') return String(node.args)
  if (node.op !== '.') return undefined
  const before = pathOf(nodeAt(node, 0))
  return before === undefined ? undefined : `${before}.${String(argumentsOf(node)[1])}`
}

/** The scope in which these paths are known too. */
export function knowing(scope: Scope, paths: ReadonlySet<string>): Scope {
  return paths.size === 0 ? scope : { ...scope, known: new Set([...scope.known, ...paths]) }
}
