import type { SyntaxNode } from '../../../flow/index.ts'
import { identifier as identifierOf } from '../names.ts'
import { type Code, call, LEVEL, quoted, value, within } from './code.ts'
import { printCondition } from './condition.ts'
import { Untranslatable } from './errors.ts'
import { elementOf, kindOf } from './kinds.ts'
import { printLoop } from './loops.ts'
import { regExpLiteral } from './patterns.ts'
import { print } from './print.ts'
import { argumentsOf, isNode, type Scope, use } from './scope.ts'
import { printTimePart, printTimeText } from './time.ts'

const LOOPS = new Set(['map', 'filter', 'all', 'exists', 'exists_one', 'sortBy'])
const LISTS = new Set(['sum', 'min', 'max', 'distinct'])

/** `name(…)`. */
export function printFunction(node: SyntaxNode, scope: Scope): Code {
  const [name, args] = argumentsOf(node)
  const [first] = Array.isArray(args) ? args.filter(isNode) : []
  if (first === undefined) throw new Untranslatable(`${String(name)}()`)
  if (name === 'size') return printSize(first, scope)
  if (name === 'dyn') return print(first, scope)
  if (name === 'timestamp' || name === 'duration') return printTimeText(node, scope)
  if (LISTS.has(String(name))) return printListFunction(node, String(name), first, scope)
  const converted = printConversion(String(name), first, scope)
  if (converted === undefined) throw new Untranslatable(`\`${String(name)}()\``)
  return converted
}

/** `receiver.name(…)`. */
export function printMethod(node: SyntaxNode, scope: Scope): Code {
  const [method, receiver, args] = argumentsOf(node)
  if (!isNode(receiver)) throw new Untranslatable('this call')
  const name = String(method)
  if (LOOPS.has(name)) return printLoop(node, scope)
  if (LISTS.has(name)) return printListFunction(node, name, receiver, scope)
  if (name === 'size') return printSize(receiver, scope)
  if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel') return printBind(node, scope)
  const time = printTimePart(node, scope)
  if (time !== undefined) return time
  const given = Array.isArray(args) ? args.filter(isNode) : []
  if (name === 'join') return printJoin(receiver, given, scope)
  return printTextMethod(name, receiver, given, scope)
}

function printSize(of: SyntaxNode, scope: Scope): Code {
  const code = print(of, scope)
  const kind = kindOf(of, scope)
  if (kind === 'string') return value(`[...${within(code, LEVEL.choice)}].length`, code.fallible)
  if (kind === 'object') return value(`Object.keys(${code.text}).length`, code.fallible)
  if (kind !== 'list') return call(use(scope, 'lengthOf'), [code], true)
  const distinct = /^\[\.\.\.(new Set\(.*\))\]$/s.exec(code.text)?.[1]
  if (distinct !== undefined) return value(`${distinct}.size`, code.fallible)
  return value(`${within(code, LEVEL.value)}.length`, code.fallible)
}

function printListFunction(node: SyntaxNode, name: string, list: SyntaxNode, scope: Scope): Code {
  const code = print(list, scope)
  const { kind } = elementOf(list, scope)
  if (name === 'distinct') {
    const plain = ['int', 'double', 'string', 'bool', 'enum'].includes(kind)
    return plain ? value(`[...new Set(${code.text})]`, code.fallible) : call(use(scope, 'distinct'), [code])
  }
  if (name === 'sum') {
    const whole = (node.checkedType?.name ?? 'int') === 'int'
    return whole ? call(use(scope, 'sum'), [code], true) : call(use(scope, 'total'), [code])
  }
  if (kind === 'timestamp') return printTimeText(node, scope)
  return call(use(scope, name === 'min' ? 'smallest' : 'greatest'), [code], true)
}

type Conversion = (code: Code, scope: Scope) => Code

const CONVERSIONS: Readonly<Record<string, Readonly<Record<string, Conversion>>>> = {
  string: {
    string: (code) => code,
    bool: (code) => call('String', [code]),
    int: (code) => call('String', [code]),
    double: (code) => call('String', [code]),
    dyn: (code, scope) => call(use(scope, 'printed'), [code], true),
  },
  int: {
    int: (code) => code,
    double: (code, scope) => call(use(scope, 'whole'), [call('Math.trunc', [code])], true),
    string: (code, scope) => call(use(scope, 'wholeOf'), [code], true),
    dyn: (code, scope) => call(use(scope, 'whole'), [call('Math.trunc', [call('Number', [code])])], true),
  },
  double: {
    double: (code) => code,
    int: (code) => code,
    string: (code, scope) => call(use(scope, 'numberOf'), [code], true),
    dyn: (code, scope) => call(use(scope, 'numberOf'), [call('String', [code])], true),
  },
  bool: {
    bool: (code) => code,
    string: (code, scope) => call(use(scope, 'truthOf'), [code], true),
    dyn: (code, scope) => call(use(scope, 'truthOf'), [call('String', [code])], true),
  },
}

function printConversion(name: string, of: SyntaxNode, scope: Scope): Code | undefined {
  return CONVERSIONS[name]?.[kindOf(of, scope)]?.(print(of, scope), scope)
}

const SAME: Readonly<Record<string, string>> = {
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  contains: 'includes',
  lowerAscii: 'toLowerCase',
  upperAscii: 'toUpperCase',
  trim: 'trim',
}

function printTextMethod(
  name: string,
  receiver: SyntaxNode,
  given: readonly SyntaxNode[],
  scope: Scope,
): Code {
  const text = asText(receiver, scope)
  const args = given.map((one) => print(one, scope))
  const same = SAME[name]
  if (same !== undefined)
    return call(`${within(text, LEVEL.value)}.${same}`, texts(given, scope), text.fallible)
  switch (name) {
    case 'matchRe':
      return printMatches(text, given, scope)
    case 'substring':
      return call(use(scope, 'substring'), [text, ...args], true)
    case 'split':
      if (args.length === 1) return call(`${within(text, LEVEL.value)}.split`, args, text.fallible)
      return call(use(scope, 'split'), [text, ...args])
    case 'indexOf':
    case 'lastIndexOf':
      if (args.length === 1) return call(`${within(text, LEVEL.value)}.${name}`, args, text.fallible)
      return call(use(scope, 'position'), [text, ...args, value(quoted(name))], true)
    default:
      throw new Untranslatable(`\`${name}()\``)
  }
}

function asText(node: SyntaxNode, scope: Scope): Code {
  const code = print(node, scope)
  return kindOf(node, scope) === 'string' ? code : call(use(scope, 'text'), [code], true)
}

function texts(nodes: readonly SyntaxNode[], scope: Scope): readonly Code[] {
  return nodes.map((node) => asText(node, scope))
}

/** RegExp where it means the same and is quick, else the engine that CEL means. */
function printMatches(text: Code, [pattern]: readonly SyntaxNode[], scope: Scope): Code {
  if (pattern === undefined) throw new Untranslatable('`matches()` without a pattern')
  const literal = pattern.op === 'value' ? regExpLiteral(String(pattern.args)) : undefined
  if (literal !== undefined) return call(`${literal}.test`, [text])
  scope.uses.add('RE2JS')
  const compiled = call('RE2JS.compile', [print(pattern, scope)])
  return value(`${compiled.text}.matcher(${text.text}).find()`, text.fallible || pattern.op !== 'value')
}

function printJoin(list: SyntaxNode, given: readonly SyntaxNode[], scope: Scope): Code {
  const code = print(list, scope)
  const [separator] = given
  const between = separator === undefined ? value("''") : print(separator, scope)
  return call(`${within(code, LEVEL.value)}.join`, [between], code.fallible)
}

/** `cel.bind(name, value, expression)`. */
function printBind(node: SyntaxNode, scope: Scope): Code {
  const args = argumentsOf(node)[2]
  const [name, bound, body] = Array.isArray(args) ? args.filter(isNode) : []
  if (name === undefined || bound === undefined || body === undefined)
    throw new Untranslatable('`cel.bind()`')
  const cel = String(name.args)
  const code = print(bound, scope)
  const inner = { ...scope, variables: new Map(scope.variables).set(cel, boundVariable(cel, bound, scope)) }
  const text = kindOf(body, inner) === 'bool' ? printCondition(body, inner, false) : print(body, inner)
  const parameter = inner.variables.get(cel)?.code ?? cel
  return value(`((${parameter}) => ${text.text})(${code.text})`, code.fallible || text.fallible)
}

function boundVariable(name: string, bound: SyntaxNode, scope: Scope) {
  const taken = [...scope.variables.values()].map(({ code }) => code)
  return { code: freeName(name, taken), type: boundType(bound, scope) }
}

function boundType(bound: SyntaxNode, scope: Scope) {
  return elementOf({ op: 'list', args: [bound] }, scope)
}

function freeName(name: string, taken: readonly string[]): string {
  return identifierOf(name, taken)
}
