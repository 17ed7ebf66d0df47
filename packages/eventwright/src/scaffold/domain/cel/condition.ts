import type { SyntaxNode } from '../../../flow/index.ts'
import { hasTarget, printHas } from './access.ts'
import { comparand, isSize } from './arithmetic.ts'
import { binary, type Code, call, LEVEL, value, within } from './code.ts'
import { factsOf } from './facts.ts'
import { elementOf, kindOf, typeOf } from './kinds.ts'
import { print } from './print.ts'
import { argumentsOf, isNode, knowing, nodeAt, type Scope, use } from './scope.ts'
import { printTime } from './time.ts'

const OPPOSITE: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const SIMPLE = new Set(['int', 'double', 'string', 'bool', 'null'])

/** A node that is true or false, or the opposite of what it says. */
export function printCondition(node: SyntaxNode, scope: Scope, negated: boolean): Code {
  const target = hasTarget(node)
  if (target !== undefined) return printHas(target, scope, negated)
  switch (node.op) {
    case '&&':
    case '||':
      return printJunction(node, scope, negated)
    case '!_':
      return printCondition(nodeAt(node, 0), scope, !negated)
    case '==':
      return printEquality(node, scope, negated)
    case '!=':
      return printEquality(node, scope, !negated)
    case 'in':
      return opposite(printMembership(node, scope), negated)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return printOrder(node, scope, negated)
    default:
      return opposite(printTruth(node, scope), negated)
  }
}

function printTruth(node: SyntaxNode, scope: Scope): Code {
  const code = print(node, scope)
  if (kindOf(node, scope) === 'bool') return code
  return call(use(scope, 'truth'), [code], true)
}

function opposite(code: Code, negated: boolean): Code {
  if (!negated) return code
  return { text: `!${within(code, LEVEL.unary)}`, level: LEVEL.unary, fallible: code.fallible }
}

/** What fails on the left counts only where the right side does not decide. */
function printJunction(node: SyntaxNode, scope: Scope, negated: boolean): Code {
  const [first, second] = [nodeAt(node, 0), nodeAt(node, 1)]
  const facts = factsOf(first)
  const inner = knowing(scope, node.op === '&&' ? facts.whenTrue : facts.whenFalse)
  const conjunction = (node.op === '&&') !== negated
  const left = printCondition(first, scope, negated)
  const right = printCondition(second, inner, negated)
  if (left.fallible) {
    const both = [lambda(left), lambda(printCondition(second, inner, negated))]
    return call(use(scope, conjunction ? 'and' : 'or'), both, true)
  }
  return conjunction ? binary(left, '&&', right, LEVEL.and) : binary(left, '||', right, LEVEL.or)
}

function lambda({ text, fallible }: Code): Code {
  return { text: `() => ${text}`, level: LEVEL.lambda, fallible }
}

function printEquality(node: SyntaxNode, scope: Scope, negated: boolean): Code {
  const [first, second] = [nodeAt(node, 0), nodeAt(node, 1)]
  const kinds = [kindOf(first, scope), kindOf(second, scope)]
  const operator = negated ? '!==' : '==='
  if (kinds.includes('timestamp') || kinds.includes('duration')) {
    return binary(printTime(first, scope), operator, printTime(second, scope), LEVEL.equality)
  }
  if (kinds.every((kind) => SIMPLE.has(kind)) && overlap(first, second, scope)) {
    return binary(sideOf(first, second, scope), operator, sideOf(second, first, scope), LEVEL.equality)
  }
  const asked = call(use(scope, 'equals'), [print(first, scope), print(second, scope)])
  return opposite(asked, negated)
}

/** TypeScript refuses to compare what can never be equal. */
function overlap(first: SyntaxNode, second: SyntaxNode, scope: Scope): boolean {
  const [one, other] = [membersOf(first, scope), membersOf(second, scope)]
  if (first.op === 'value' && second.op === 'value') return false
  if (kindOf(first, scope) !== kindOf(second, scope)) return false
  return one === undefined || other === undefined || one.some((member) => other.includes(member))
}

function membersOf(node: SyntaxNode, scope: Scope): readonly string[] | undefined {
  if (node.op === 'value') return typeof node.args === 'string' ? [node.args] : undefined
  if (node.op === 'id' && !scope.variables.has(String(node.args))) return [String(node.args)]
  const type = typeOf(node, scope)
  return type?.kind === 'enum' ? type.members : undefined
}

function printOrder(node: SyntaxNode, scope: Scope, negated: boolean): Code {
  const [first, second] = [nodeAt(node, 0), nodeAt(node, 1)]
  const kinds = [kindOf(first, scope), kindOf(second, scope)]
  // What is no number is neither below nor above another, so the opposite of a comparison of doubles is not turned.
  const turned = negated && !kinds.includes('double')
  const operator = turned ? (OPPOSITE[node.op] ?? node.op) : node.op
  const compared = (one: Code, other: Code): Code =>
    opposite(binary(one, operator, other, LEVEL.relation), negated && !turned)
  if (kinds.includes('timestamp') || kinds.includes('duration')) {
    return compared(printTime(first, scope), printTime(second, scope))
  }
  if (kinds.includes('dyn')) {
    return compared(
      call(use(scope, 'compare'), [print(first, scope), print(second, scope)], true),
      value('0'),
    )
  }
  if (kinds[0] === 'bool') {
    const truth = (side: SyntaxNode): Code => call('Number', [print(side, scope)])
    return compared(truth(first), truth(second))
  }
  // Nothing is shorter than empty.
  if (operator === '<=' && isSize(first) && second.op === 'value' && Number(second.args) === 0) {
    return binary(sideOf(first, second, scope), '===', value('0'), LEVEL.equality)
  }
  return compared(sideOf(first, second, scope), sideOf(second, first, scope))
}

function printMembership(node: SyntaxNode, scope: Scope): Code {
  const [item, holder] = [nodeAt(node, 0), nodeAt(node, 1)]
  const kind = kindOf(holder, scope)
  const [one, all] = [print(item, scope), print(holder, scope)]
  if (kind === 'object') {
    const key = kindOf(item, scope) === 'string' ? one : call('String', [one])
    return call('Object.hasOwn', [all, key])
  }
  if (kind !== 'list') return call(use(scope, 'contains'), [all, one], true)
  // What fails must fail once, also where there is nothing to compare it with.
  if (one.fallible) return call(use(scope, 'contains'), [all, one], true)
  const element = elementOf(holder, scope)
  if (isPlain(element.kind) && element.kind === kindOf(item, scope)) {
    const list = holder.op === 'list' ? widened(all, item, scope) : within(all, LEVEL.value)
    return call(`${list}.includes`, [one], all.fallible)
  }
  return call(
    `${within(all, LEVEL.value)}.some`,
    [
      {
        text: `(one) => ${use(scope, 'equals')}(one, ${one.text})`,
        level: LEVEL.lambda,
        fallible: one.fallible,
      },
    ],
    all.fallible,
  )
}

function isPlain(kind: string): boolean {
  return kind === 'string' || kind === 'int' || kind === 'double' || kind === 'bool'
}

function sideOf(side: SyntaxNode, other: SyntaxNode, scope: Scope): Code {
  return emptiness(side, other, scope) ?? comparand(side, other, scope)
}

/** How long a text is matters not, only whether it is empty. */
function emptiness(side: SyntaxNode, other: SyntaxNode, scope: Scope): Code | undefined {
  const [, inner] = argumentsOf(side)
  const of: unknown = Array.isArray(inner) ? inner[0] : inner
  if (!isSize(side) || other.op !== 'value' || Number(other.args) !== 0 || !isNode(of)) return undefined
  if (kindOf(of, scope) !== 'string') return undefined
  const text = print(of, scope)
  return value(`${within(text, LEVEL.value)}.length`, text.fallible)
}

/** A list of literals would take only these, and may be asked for others. */
function widened(list: Code, item: SyntaxNode, scope: Scope): string {
  return typeOf(item, scope)?.kind === 'enum' ? `(${list.text} as readonly string[])` : list.text
}
