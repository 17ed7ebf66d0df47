import type { Field, SyntaxNode } from '../../../flow/index.ts'
import { fieldOf } from './kinds.ts'
import { argumentsOf, nodeAt, pathOf, type Scope } from './scope.ts'

/** The least and the greatest whole number that an expression can give. */
export interface Range {
  readonly least: number
  readonly most: number
}

const LIMIT = Number.MAX_SAFE_INTEGER
const ANY: Range = { least: -LIMIT, most: LIMIT }
/** No text or list is longer than what memory holds. */
const LENGTH: Range = { least: 0, most: 2 ** 32 }

const ARITHMETIC: Readonly<Record<string, (a: Range, b: Range) => Range>> = {
  '+': (a, b) => ({ least: a.least + b.least, most: a.most + b.most }),
  '-': (a, b) => ({ least: a.least - b.most, most: a.most - b.least }),
  '*': (a, b) => {
    const corners = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most]
    return { least: Math.min(...corners), most: Math.max(...corners) }
  },
}

/** What calculating gives where its operands are exact, as far as literals and schemas tell it. */
export function resultOf(node: SyntaxNode, scope: Scope): Range {
  const arithmetic = ARITHMETIC[node.op]
  if (arithmetic === undefined) return ANY
  return arithmetic(rangeOf(nodeAt(node, 0), scope), rangeOf(nodeAt(node, 1), scope))
}

function rangeOf(node: SyntaxNode, scope: Scope): Range {
  // What may leave the exact numbers is checked where it stands, so whatever comes out of it is within.
  if (node.op in ARITHMETIC) return clamped(resultOf(node, scope))
  if (node.op === 'value') return { least: Number(node.args), most: Number(node.args) }
  // What the state and a row hold was set by expressions, and no schema has checked it.
  if (node.op === '.' && !/^(state|row)\./.test(pathOf(node) ?? '')) return rangeOfField(fieldOf(node, scope))
  if (node.op === '-_') {
    const { least, most } = rangeOf(nodeAt(node, 0), scope)
    return { least: -most, most: -least }
  }
  return isLength(node) ? LENGTH : ANY
}

/** True where every value of the range is held exactly by a number. */
export function isExact({ least, most }: Range): boolean {
  return Number.isSafeInteger(least) && Number.isSafeInteger(most)
}

function rangeOfField(field: Field | undefined): Range {
  const { minimum, maximum } = field?.schema ?? {}
  return {
    least: typeof minimum === 'number' ? Math.max(Math.ceil(minimum), -LIMIT) : -LIMIT,
    most: typeof maximum === 'number' ? Math.min(Math.floor(maximum), LIMIT) : LIMIT,
  }
}

function clamped({ least, most }: Range): Range {
  return { least: Math.max(least, -LIMIT), most: Math.min(most, LIMIT) }
}

function isLength(node: SyntaxNode): boolean {
  return (node.op === 'call' || node.op === 'rcall') && argumentsOf(node)[0] === 'size'
}
