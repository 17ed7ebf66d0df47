import type { SyntaxNode } from '../../../flow/index.ts'
import { binary, type Code, call, LEVEL, quoted, value, within } from './code.ts'
import { Untranslatable } from './errors.ts'
import { kindOf } from './kinds.ts'
import { print } from './print.ts'
import { isExact, resultOf } from './range.ts'
import { argumentsOf, nodeAt, type Scope, use } from './scope.ts'
import { isTime, printTimeText } from './time.ts'

const LEVELS: Readonly<Record<string, number>> = {
  '+': LEVEL.sum,
  '-': LEVEL.sum,
  '*': LEVEL.product,
  '/': LEVEL.product,
  '%': LEVEL.product,
}

/** A sum, a product, … of numbers, texts or lists. */
export function printArithmetic(node: SyntaxNode, scope: Scope): Code {
  if (isTime(node, scope)) return printTimeText(node, scope)
  const kinds = [kindOf(nodeAt(node, 0), scope), kindOf(nodeAt(node, 1), scope)]
  if (kinds.includes('dyn')) return printDynamic(node, scope)
  switch (kinds[0]) {
    case 'int':
      return printWhole(node, scope)
    case 'double':
      return printDouble(node, scope)
    case 'string':
      return printJoined(node, scope)
    case 'list':
      return printConcatenation(node, scope)
    default:
      throw new Untranslatable(`\`${node.op}\` between ${kinds.join(' and ')}`)
  }
}

function plain(node: SyntaxNode, scope: Scope): Code {
  const [left, right] = [print(nodeAt(node, 0), scope), print(nodeAt(node, 1), scope)]
  return binary(left, node.op, right, LEVELS[node.op] ?? LEVEL.sum)
}

/** Integers are integers, also in a division; what a number cannot hold exactly fails. */
function printWhole(node: SyntaxNode, scope: Scope): Code {
  const result = plain(node, scope)
  if (node.op === '/') {
    const truncated = call('Math.trunc', [result])
    return dividesByLiteral(node) ? truncated : call(use(scope, 'whole'), [truncated], true)
  }
  const exact = node.op === '%' ? dividesByLiteral(node) : isExact(resultOf(node, scope))
  return exact ? result : call(use(scope, 'whole'), [result], true)
}

function printDouble(node: SyntaxNode, scope: Scope): Code {
  return plain(node, scope)
}

function dividesByLiteral(node: SyntaxNode): boolean {
  const divisor = nodeAt(node, 1)
  return divisor.op === 'value' && Number(divisor.args) !== 0
}

/**
 * A side of a comparison. The sum, difference or product of two exact numbers is rounded in one direction only, so
 * that it stands on the right side of any exact number it is compared with.
 */
export function comparand(node: SyntaxNode, other: SyntaxNode, scope: Scope): Code {
  const single = ['+', '-', '*'].includes(node.op) && kindOf(node, scope) === 'int'
  return single && isLeaf(other) ? plain(node, scope) : print(node, scope)
}

function isLeaf(node: SyntaxNode): boolean {
  return node.op === 'value' || node.op === 'id' || node.op === '.' || isSize(node)
}

/** Whether a node is `size(…)` or `….size()`. */
export function isSize(node: SyntaxNode): boolean {
  return (node.op === 'call' || node.op === 'rcall') && argumentsOf(node)[0] === 'size'
}

/** Texts one after the other, as a template where literals stand between values. */
function printJoined(node: SyntaxNode, scope: Scope): Code {
  const parts = partsOf(node)
  const literal = (part: SyntaxNode): boolean => part.op === 'value' && typeof part.args === 'string'
  const codes = parts.map((part) => print(part, scope))
  const fallible = codes.some((code) => code.fallible)
  if (!parts.some(literal) || parts.every(literal)) {
    return { text: codes.map((code) => within(code, LEVEL.sum + 1)).join(' + '), level: LEVEL.sum, fallible }
  }
  const text = parts
    .map((part, index) => (literal(part) ? templatePart(String(part.args)) : `\${${codes[index]?.text}}`))
    .join('')
  return value(`\`${text}\``, fallible)
}

function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.op === '+' ? [...partsOf(nodeAt(node, 0)), ...partsOf(nodeAt(node, 1))] : [node]
}

function templatePart(text: string): string {
  return quoted(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('`', '\\`').replaceAll('${', '\\${')
}

function printConcatenation(node: SyntaxNode, scope: Scope): Code {
  const spread = (side: SyntaxNode): { readonly text: string; readonly fallible: boolean } => {
    const code = print(side, scope)
    const text = side.op === 'list' ? code.text.slice(1, -1) : `...${within(code, LEVEL.choice)}`
    return { text, fallible: code.fallible }
  }
  const sides = partsOf(node)
    .map(spread)
    .filter(({ text }) => text !== '')
  return value(
    `[${sides.map(({ text }) => text).join(', ')}]`,
    sides.some(({ fallible }) => fallible),
  )
}

function printDynamic(node: SyntaxNode, scope: Scope): Code {
  const [left, right] = [print(nodeAt(node, 0), scope), print(nodeAt(node, 1), scope)]
  return call(use(scope, 'calculate'), [left, value(quoted(node.op)), right], true)
}

/** `-value`. */
export function printNegative(node: SyntaxNode, scope: Scope): Code {
  const inner = nodeAt(node, 0)
  const code = print(inner, scope)
  if (kindOf(inner, scope) === 'dyn')
    return call(use(scope, 'calculate'), [value('0'), value(quoted('-')), code], true)
  return { text: `-${within(code, LEVEL.value)}`, level: LEVEL.unary, fallible: code.fallible }
}
