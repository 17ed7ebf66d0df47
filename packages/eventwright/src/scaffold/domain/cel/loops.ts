import type { SyntaxNode } from '../../../flow/index.ts'
import { identifier } from '../names.ts'
import { type Code, call, LEVEL, value, within } from './code.ts'
import { printCondition } from './condition.ts'
import { Untranslatable } from './errors.ts'
import { kindOf, loopOf, withItem } from './kinds.ts'
import { print } from './print.ts'
import { argumentsOf, nodeAt, type Scope, use } from './scope.ts'

/** `list.map(x, …)` and the other macros over lists. */
export function printLoop(node: SyntaxNode, scope: Scope): Code {
  const method = String(argumentsOf(node)[0])
  const { variable, bodies } = loopOf(node)
  const [first, second] = bodies
  if (first === undefined) throw new Untranslatable(`\`${method}()\` without a body`)
  const code = identifier(variable, takenIn(scope))
  // What was asked before the loop is not known to TypeScript within it.
  const inner = withItem({ ...scope, known: new Set() }, node, variable, code)
  const list = printList(nodeAt(node, 1), scope)
  const step = (body: SyntaxNode, condition: boolean): Code => {
    const text = condition ? printCondition(body, inner, false) : print(body, inner)
    const shown = text.text.startsWith('{') ? `(${text.text})` : text.text
    return { text: `(${code}) => ${shown}`, level: LEVEL.lambda, fallible: text.fallible }
  }
  switch (method) {
    case 'filter':
      return call(`${list}.filter`, [step(first, true)], isFallible(node, scope))
    case 'map':
      if (second === undefined) return call(`${list}.map`, [step(first, false)], isFallible(node, scope))
      return call(`${list}.filter(${step(first, true).text}).map`, [step(second, false)], true)
    case 'exists_one':
      return {
        text: `${list}.filter(${step(first, true).text}).length === 1`,
        level: LEVEL.equality,
        fallible: step(first, true).fallible || isFallible(node, scope),
      }
    case 'sortBy':
      return call(use(scope, 'sortBy'), [value(list), step(first, false)], isFallible(node, scope))
    default:
      return printQuantifier(method, list, step(first, true), scope)
  }
}

/** Where a condition can fail, it matters only if none of the others decides. */
function printQuantifier(method: string, list: string, condition: Code, scope: Scope): Code {
  if (condition.fallible) {
    const name = use(scope, method === 'exists' ? 'some' : 'every')
    return call(name, [value(list), condition], true)
  }
  return call(`${list}.${method === 'exists' ? 'some' : 'every'}`, [condition], list.includes('('))
}

function printList(node: SyntaxNode, scope: Scope): string {
  const code = print(node, scope)
  const kind = kindOf(node, scope)
  if (kind === 'list') return within(code, LEVEL.value)
  return kind === 'object' ? `Object.keys(${code.text})` : `${use(scope, 'list')}(${code.text})`
}

function isFallible(node: SyntaxNode, scope: Scope): boolean {
  const list = nodeAt(node, 1)
  return kindOf(list, scope) === 'dyn' || print(list, scope).fallible
}

function takenIn({ variables }: Scope): readonly string[] {
  return [...variables.values()].flatMap(({ code, fields }) => [code, ...(fields?.values() ?? [])])
}
