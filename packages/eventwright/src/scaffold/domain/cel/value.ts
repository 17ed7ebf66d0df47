import type { SyntaxNode } from '../../../flow/index.ts'
import { type Code, call } from './code.ts'
import { kindOf } from './kinds.ts'
import { print } from './print.ts'
import { isNode, type Scope, use } from './scope.ts'
import { printTimeText } from './time.ts'

/** An expression whose value goes into a payload, a state or a row: times are texts there, and numbers are finite. */
export function printValue(node: SyntaxNode, scope: Scope): Code {
  const kind = kindOf(node, scope)
  if (kind === 'timestamp' || kind === 'duration') return printTimeText(node, scope)
  const code = print(node, scope)
  return kind === 'double' && calculates(node) ? call(use(scope, 'finite'), [code], true) : code
}

/** Whether something is calculated in a node, so that it may be no number. */
function calculates(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(calculates)
  return isNode(value) && (['+', '-', '*', '/'].includes(value.op) || calculates(value.args))
}
