import type { SyntaxNode } from '../../../flow/index.ts'
import { propertyOf } from '../names.ts'
import { type Code, call, LEVEL, quoted, value, within } from './code.ts'
import { fieldOf, kindOf, typeOf } from './kinds.ts'
import { print } from './print.ts'
import { argumentsOf, isNode, nodeAt, pathOf, type Scope, use } from './scope.ts'

/** A variable, or a member of an enumeration. */
export function printName(node: SyntaxNode, scope: Scope): Code {
  const name = String(node.args)
  const variable = scope.variables.get(name)
  if (variable === undefined) return value(quoted(name))
  if (variable.milliseconds) return value(`new Date(${variable.code}).toISOString()`)
  return value(variable.code, variable.code.includes('('))
}

/** `object.field`; what may be absent, and is not known to be there, must be. */
export function printSelect(node: SyntaxNode, scope: Scope): Code {
  const object = nodeAt(node, 0)
  const name = String(argumentsOf(node)[1])
  const own = ownField(object, name, scope)
  if (own !== undefined) return value(own)
  const type = typeOf(object, scope)
  const field = fieldOf(node, scope)
  if (type?.kind !== 'object' || field === undefined) {
    return call(use(scope, 'field'), [print(object, scope), value(quoted(name))], true)
  }
  const holder = print(object, scope)
  const path = pathOf(node)
  const absent = mayBeAbsent(object, scope)
  const sure = (!field.optional && !absent) || (path !== undefined && scope.known.has(path))
  const text = `${within(holder, LEVEL.value)}${absent && !sure ? '?' : ''}${propertyOf(name, absent && !sure)}`
  return sure ? value(text, holder.fallible) : call(use(scope, 'present'), [value(text)], true)
}

/** `has(object.field)`. */
export function printHas(target: SyntaxNode, scope: Scope, negated: boolean): Code {
  const object = nodeAt(target, 0)
  const name = String(argumentsOf(target)[1])
  const own = ownField(object, name, scope)
  const operator = negated ? '===' : '!=='
  if (own !== undefined)
    return { text: `${own} ${operator} undefined`, level: LEVEL.equality, fallible: false }
  const holder = print(object, scope)
  if (typeOf(object, scope)?.kind !== 'object' || fieldOf(target, scope) === undefined) {
    const asked = call(use(scope, 'hasField'), [holder, value(quoted(name))], true)
    return negated ? { text: `!${asked.text}`, level: LEVEL.unary, fallible: true } : asked
  }
  return askedFor(object, name, scope, negated)
}

function askedFor(object: SyntaxNode, name: string, scope: Scope, negated: boolean): Code {
  const holder = print(object, scope)
  const absent = mayBeAbsent(object, scope)
  const text = `${within(holder, LEVEL.value)}${absent ? '?' : ''}${propertyOf(name, absent)}`
  const { fallible } = holder
  if (!isUnion(object, scope)) {
    return { text: `${text} ${negated ? '===' : '!=='} undefined`, level: LEVEL.equality, fallible }
  }
  const inside = `${quoted(name)} in ${holder.text}`
  return negated
    ? { text: `!(${inside}) || ${text} === undefined`, level: LEVEL.or, fallible }
    : { text: `${inside} && ${text} !== undefined`, level: LEVEL.and, fallible }
}

/** `list[index]`, `object['name']`. */
export function printIndex(node: SyntaxNode, scope: Scope): Code {
  const holder = nodeAt(node, 0)
  const key = nodeAt(node, 1)
  const kind = kindOf(holder, scope)
  if (kind === 'list') return call(use(scope, 'at'), [print(holder, scope), print(key, scope)], true)
  if (kind === 'object' && key.op === 'value' && typeof key.args === 'string') {
    return printSelect({ op: '.', args: [holder, key.args] }, scope)
  }
  return call(use(scope, 'element'), [print(holder, scope), print(key, scope)], true)
}

function ownField(object: SyntaxNode, name: string, scope: Scope): string | undefined {
  return object.op === 'id' ? scope.variables.get(String(object.args))?.fields?.get(name) : undefined
}

function mayBeAbsent(object: SyntaxNode, scope: Scope): boolean {
  return object.op === 'id' && scope.variables.get(String(object.args))?.absent === true
}

function isUnion(object: SyntaxNode, scope: Scope): boolean {
  return object.op === 'id' && scope.variables.get(String(object.args))?.union === true
}

/** The node in `has(…)`. */
export function hasTarget(node: SyntaxNode): SyntaxNode | undefined {
  const [name, args] = argumentsOf(node)
  const target: unknown = Array.isArray(args) ? args[0] : args
  return node.op === 'call' && name === 'has' && isNode(target) ? target : undefined
}
