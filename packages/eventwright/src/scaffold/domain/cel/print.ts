import type { SyntaxNode } from '../../../flow/index.ts'
import { keyOf } from '../names.ts'
import { hasTarget, printIndex, printName, printSelect } from './access.ts'
import { printArithmetic, printNegative } from './arithmetic.ts'
import { printFunction, printMethod } from './calls.ts'
import { type Code, LEVEL, quoted, value, within } from './code.ts'
import { printCondition } from './condition.ts'
import { Untranslatable } from './errors.ts'
import { factsOf } from './facts.ts'
import { kindOf } from './kinds.ts'
import { argumentsOf, isNode, knowing, nodeAt, type Scope } from './scope.ts'

const CONDITIONS = new Set(['&&', '||', '!_', '==', '!=', '<', '<=', '>', '>=', 'in'])
const ARITHMETIC = new Set(['+', '-', '*', '/', '%'])

/** A node as TypeScript: whole numbers, texts, truths, lists and objects as they stand in payloads. */
export function print(node: SyntaxNode, scope: Scope): Code {
  if (CONDITIONS.has(node.op) || hasTarget(node) !== undefined) return printCondition(node, scope, false)
  if (ARITHMETIC.has(node.op)) return printArithmetic(node, scope)
  switch (node.op) {
    case 'value':
      return printLiteral(node.args)
    case 'id':
      return printName(node, scope)
    case '.':
      return printSelect(node, scope)
    case '[]':
      return printIndex(node, scope)
    case '?:':
      return printChoice(node, scope)
    case '-_':
      return printNegative(node, scope)
    case 'list':
      return printList(node, scope)
    case 'map':
      return printMap(node, scope)
    case 'call':
      return printFunction(node, scope)
    case 'rcall':
      return printMethod(node, scope)
    default:
      throw new Untranslatable(`\`${node.op}\``)
  }
}

function printLiteral(literal: unknown): Code {
  if (typeof literal === 'string') return value(quoted(literal))
  if (typeof literal === 'bigint') {
    if (!Number.isSafeInteger(Number(literal))) throw new Untranslatable(`the whole number ${literal}`)
    return number(String(literal))
  }
  if (typeof literal === 'number') return number(String(literal))
  if (typeof literal === 'boolean' || literal === null) return value(String(literal))
  throw new Untranslatable('a literal of bytes or of an unsigned number')
}

function number(text: string): Code {
  const grouped = /^\d{5,}$/.test(text) ? text.replaceAll(/\B(?=(\d{3})+$)/g, '_') : text
  return { text: grouped, level: text.startsWith('-') ? LEVEL.unary : LEVEL.value, fallible: false }
}

function printChoice(node: SyntaxNode, scope: Scope): Code {
  const condition = nodeAt(node, 0)
  const { whenTrue, whenFalse } = factsOf(condition)
  const asked = printCondition(condition, scope, false)
  const yes = print(nodeAt(node, 1), knowing(scope, whenTrue))
  const no = print(nodeAt(node, 2), knowing(scope, whenFalse))
  const text = `${within(asked, LEVEL.or)} ? ${within(yes, LEVEL.choice)} : ${within(no, LEVEL.choice)}`
  return { text, level: LEVEL.choice, fallible: asked.fallible || yes.fallible || no.fallible }
}

function printList(node: SyntaxNode, scope: Scope): Code {
  const items = argumentsOf(node)
    .filter(isNode)
    .map((item) => print(item, scope))
  return value(
    `[${items.map(({ text }) => text).join(', ')}]`,
    items.some(({ fallible }) => fallible),
  )
}

function printMap(node: SyntaxNode, scope: Scope): Code {
  const entries = argumentsOf(node).map((entry) => {
    const [key, item] = Array.isArray(entry) ? entry.filter(isNode) : []
    if (key === undefined || item === undefined) throw new Untranslatable('this map')
    return { key: mapKey(key, scope), item: print(item, scope) }
  })
  const text = entries.map(({ key, item }) => `${key}: ${item.text}`).join(', ')
  return value(
    `{ ${text} }`,
    entries.some(({ item }) => item.fallible),
  )
}

function mapKey(key: SyntaxNode, scope: Scope): string {
  if (key.op === 'value' && typeof key.args === 'string') return keyOf(key.args)
  return kindOf(key, scope) === 'dyn' ? `[String(${print(key, scope).text})]` : `[${print(key, scope).text}]`
}
