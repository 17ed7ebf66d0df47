import {
  type CompiledExpression,
  compileExpression,
  type ExpressionProblem,
  type ExpressionScope,
  typeOf,
} from '../cel/index.ts'
import type { Code, Report } from '../findings/index.ts'
import type { Expression, FieldType, Place } from '../model/index.ts'
import type { Tree } from './tree.ts'

const CODE_OF: Readonly<Record<ExpressionProblem['kind'], Code>> = {
  syntax: 'expression-syntax',
  type: 'expression-type',
  'unknown-variable': 'unknown-variable',
  'unknown-field': 'unknown-field',
  unguarded: 'unguarded-optional',
}

/** An expression with what the checks of its use need. */
export type ReadExpression = {
  readonly expression: Expression
  readonly compiled: CompiledExpression
  readonly fieldType: FieldType
}

/** Compiles the CEL in a scalar; `undefined` after findings. */
export function readExpression(
  tree: Tree,
  scope: ExpressionScope,
  report: Report,
): ReadExpression | undefined {
  if (tree.kind !== 'scalar') return undefined
  const result = compileExpression(tree.text, scope, tree.place)
  if (!result.ok) {
    for (const problem of result.problems) {
      report(
        CODE_OF[problem.kind],
        placeWithin(tree, problem.start, problem.end),
        problem.message,
        problem.mend,
      )
    }
    return undefined
  }
  const compiled = result.expression
  const { source, type } = compiled
  const expression: Expression = {
    source,
    type: shownType(type),
    place: tree.place,
    ast: compiled.ast,
    variables: scope.variables,
    evaluate: compiled.evaluate,
  }
  const fieldType = typeOf(compiled.ast, scope.variables) ?? fieldTypeOf(type)
  return { expression, compiled, fieldType }
}

/** Compiles a condition, which must be a bool. */
export function readCondition(tree: Tree, scope: ExpressionScope, report: Report): Expression | undefined {
  const read = readExpression(tree, scope, report)
  if (read === undefined || ['bool', 'dyn'].includes(read.compiled.type)) return read?.expression
  report(
    'expression-type',
    tree.place,
    `A condition is true or false, and this is ${shownType(read.compiled.type)}.`,
    'Compare it with something.',
  )
  return undefined
}

/** Whether an expression's value fits a target; if not, what it is. */
export function misfit(read: ReadExpression, target: FieldType): string | undefined {
  if (target.kind === 'enum') {
    const { op, args } = read.compiled.ast
    if (op === 'value' && typeof args === 'string' && !target.members.includes(args)) return `'${args}'`
  }
  return fits(read.compiled.type, target) ? undefined : shownType(read.compiled.type)
}

function fits(celType: string, target: FieldType): boolean {
  if (celType === 'dyn' || target.kind === 'any') return true
  switch (target.kind) {
    case 'string':
    case 'enum':
      return celType === 'string'
    case 'int':
    case 'bool':
      return celType === target.kind
    case 'double':
      return celType === 'double' || celType === 'int'
    case 'timestamp':
      return celType === 'google.protobuf.Timestamp'
    case 'object':
      return celType.startsWith('type_') || celType.startsWith('map')
    case 'list': {
      const element = /^list<(.*)>$/.exec(celType)?.[1]
      return (
        celType === 'list' ||
        (element !== undefined && (/^[A-Z]$/.test(element) || fits(element, target.element)))
      )
    }
  }
}

function fieldTypeOf(celType: string): FieldType {
  if (celType === 'google.protobuf.Timestamp') return { kind: 'timestamp' }
  if (celType === 'string' || celType === 'int' || celType === 'double' || celType === 'bool')
    return { kind: celType }
  const element = /^list<(.*)>$/.exec(celType)?.[1]
  return element === undefined ? { kind: 'any' } : { kind: 'list', element: fieldTypeOf(element) }
}

function shownType(celType: string): string {
  return celType.replaceAll('google.protobuf.Timestamp', 'timestamp').replace(/type_\w+/g, 'an object')
}

function placeWithin(tree: Tree & { kind: 'scalar' }, start: number, end: number): Place {
  if (tree.inner === undefined || tree.text.includes('\n')) return tree.place
  return { ...tree.inner, column: tree.inner.column + start, length: Math.max(1, end - start) }
}
