import type { SyntaxNode } from '../../../flow/index.ts'
import { binary, type Code, call, LEVEL, quoted, value, within } from './code.ts'
import { Untranslatable } from './errors.ts'
import { kindOf } from './kinds.ts'
import { print } from './print.ts'
import { argumentsOf, isNode, nodeAt, type Scope, use } from './scope.ts'

/** Whether a node is a time or a length of time. */
export function isTime(node: SyntaxNode, scope: Scope): boolean {
  const kind = kindOf(node, scope)
  return kind === 'timestamp' || kind === 'duration'
}

/** A time or a length of time in milliseconds. */
export function printTime(node: SyntaxNode, scope: Scope): Code {
  if (node.op === '+' || node.op === '-') {
    return binary(printTime(nodeAt(node, 0), scope), node.op, printTime(nodeAt(node, 1), scope), LEVEL.sum)
  }
  if (node.op === '?:') {
    const [yes, no] = [printTime(nodeAt(node, 1), scope), printTime(nodeAt(node, 2), scope)]
    const asked = print(nodeAt(node, 0), scope)
    const text = `${within(asked, LEVEL.or)} ? ${yes.text} : ${no.text}`
    return { text, level: LEVEL.choice, fallible: asked.fallible || yes.fallible || no.fallible }
  }
  const made = madeTime(node, scope)
  if (made !== undefined) return made
  const variable = node.op === 'id' ? scope.variables.get(String(node.args)) : undefined
  if (variable?.milliseconds) return value(variable.code)
  return call('Date.parse', [print(node, scope)])
}

/** `timestamp(…)`, `duration(…)` and the extremes of a list of times. */
function madeTime(node: SyntaxNode, scope: Scope): Code | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined
  const [name] = argumentsOf(node)
  if (name === 'min' || name === 'max') {
    const list = node.op === 'rcall' ? nodeAt(node, 1) : argument(node)
    const times = `${within(print(list, scope), LEVEL.value)}.map((time) => Date.parse(time))`
    return call(use(scope, name === 'min' ? 'smallest' : 'greatest'), [value(times)], true)
  }
  if (name === 'duration') return printDuration(argument(node), scope)
  if (name !== 'timestamp') return undefined
  const given = argument(node)
  if (kindOf(given, scope) === 'int') {
    const code = print(given, scope)
    return binary(code, '*', value('1000'), LEVEL.product)
  }
  return call(use(scope, 'timeOf'), [print(given, scope)], true)
}

function argument(node: SyntaxNode): SyntaxNode {
  const args = argumentsOf(node)[1]
  const first: unknown = Array.isArray(args) ? args[0] : undefined
  if (!isNode(first)) throw new Untranslatable(`${String(argumentsOf(node)[0])}() without an argument`)
  return first
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(\d+)h$/, 3_600_000],
  [/^(\d+)m$/, 60_000],
  [/^(\d+)s$/, 1000],
  [/^(\d+)ms$/, 1],
]

function printDuration(given: SyntaxNode, scope: Scope): Code {
  const text = given.op === 'value' ? String(given.args) : undefined
  for (const [pattern, unit] of UNITS) {
    const amount = pattern.exec(text ?? '')?.[1]
    if (amount !== undefined) return value(String(Number(amount) * unit).replaceAll(/\B(?=(\d{3})+$)/g, '_'))
  }
  return call(
    use(scope, 'durationOf'),
    [text === undefined ? print(given, scope) : value(quoted(text))],
    true,
  )
}

/** A time as payloads have it: ISO 8601. A length of time has no form there. */
export function printTimeText(node: SyntaxNode, scope: Scope): Code {
  if (kindOf(node, scope) === 'duration') throw new Untranslatable('a duration as a value')
  return value(`new Date(${printTime(node, scope).text}).toISOString()`, true)
}

const PARTS: Readonly<Record<string, (date: string) => string>> = {
  getFullYear: (date) => `${date}.getUTCFullYear()`,
  getMonth: (date) => `${date}.getUTCMonth()`,
  getDate: (date) => `${date}.getUTCDate()`,
  getDayOfMonth: (date) => `${date}.getUTCDate() - 1`,
  getDayOfWeek: (date) => `${date}.getUTCDay()`,
  getDayOfYear: (date) => `dayOfYear(${date})`,
  getHours: (date) => `${date}.getUTCHours()`,
  getMinutes: (date) => `${date}.getUTCMinutes()`,
  getSeconds: (date) => `${date}.getUTCSeconds()`,
  getMilliseconds: (date) => `${date}.getUTCMilliseconds()`,
}
const DURATION_PARTS: Readonly<Record<string, number>> = {
  getHours: 3_600_000,
  getMinutes: 60_000,
  getSeconds: 1000,
  getMilliseconds: 1,
}

/** `time.getHours()` and its like, or `undefined` where the method is none of time. */
export function printTimePart(node: SyntaxNode, scope: Scope): Code | undefined {
  const [method, receiver, args] = argumentsOf(node)
  if (!isNode(receiver) || !isTime(receiver, scope)) return undefined
  const time = printTime(receiver, scope)
  if (kindOf(receiver, scope) === 'duration') {
    const unit = DURATION_PARTS[String(method)]
    return unit === undefined
      ? undefined
      : call('Math.trunc', [binary(time, '/', value(String(unit)), LEVEL.product)])
  }
  const part = PARTS[String(method)]
  if (part === undefined) return undefined
  const zone: unknown = Array.isArray(args) ? args[0] : undefined
  if (method === 'getDayOfYear') use(scope, 'dayOfYear')
  const date =
    isNode(zone) && method !== 'getMilliseconds'
      ? `${use(scope, 'zoned')}(${time.text}, ${print(zone, scope).text})`
      : `new Date(${time.text})`
  const level = method === 'getDayOfMonth' ? LEVEL.sum : LEVEL.value
  return { text: part(date), level, fallible: time.fallible || isNode(zone) }
}
