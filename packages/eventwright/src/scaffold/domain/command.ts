import type { Command, Emission, Expression, Field, FieldType, Let, SyntaxNode } from '../../flow/index.ts'
import { NONE } from '../../flow/index.ts'
import { type AggregateSource, GENERATED } from './aggregate.ts'
import { kindOf, print, printCondition, type Scope, typeOf, type Variable } from './cel/index.ts'
import { outcomeText } from './decide-file.ts'
import { properties } from './mapping.ts'
import { identifier, keyOf, mentions } from './names.ts'
import { stateVariable, statusVariable } from './state.ts'

/** The body of a decision: statements, of which the last one returns. */
interface Body {
  readonly guards: readonly string[]
  readonly result: string
  /** Where the only guard is that of the state: what it says when it holds. */
  readonly accepted?: string
}

/** `PlaceOrder: (state, data: PlaceOrder, { id }) => …`. */
export function printCommand(command: Command, source: AggregateSource): string {
  const own = ownFields(command, source)
  const body = printBody(command, source)
  const arrow = arrowText(body)
  return `${keyOf(command.name)}: (${parameters(command, own, arrow, source)}) => ${arrow}`
}

/** A command's fields without the id, which commands carry beside their data. */
export function ownFields(
  command: Command,
  { aggregate }: Pick<AggregateSource, 'aggregate'>,
): readonly Field[] {
  return command.payload.fields.filter(({ name }) => name !== aggregate.id.name)
}

function parameters(command: Command, own: readonly Field[], text: string, source: AggregateSource): string {
  const used = (word: string): boolean => mentions(text, word)
  const commands = `${GENERATED}/commands.ts`
  const type =
    own.length === 0 ? '' : `: ${source.module.names.import(commands, identifier(command.name), 'type')}`
  const third = ['id', 'now'].filter(used)
  const list = [
    used('state') ? 'state' : '_state',
    own.length === 0 ? '_none' : `${used('data') ? 'data' : '_data'}${type}`,
    ...(third.length === 0 ? [] : [`{ ${third.join(', ')} }`]),
  ]
  if (third.length > 0 || own.length > 0) return list.join(', ')
  return used('state') ? 'state' : ''
}

function arrowText({ guards, result, accepted }: Body): string {
  if (guards.length === 0) return result.startsWith('{') ? `(${result})` : result
  if (guards.length === 1 && accepted !== undefined && !result.includes('\n')) {
    return `${accepted} ? ${result} : reject('WrongState')`
  }
  return `{ ${guards.join('\n')}\nreturn ${result} }`
}

function printBody(command: Command, source: AggregateSource): Body {
  const { aggregate, module } = source
  const all = [NONE, ...aggregate.states.map(({ name }) => name)]
  const ignored = command.ignore.states.map(({ name }) => name)
  const left = all.filter((name) => !ignored.includes(name))
  const accepts = command.accepts.map(({ name }) => name).filter((name) => left.includes(name))
  const before = scopeOf(command, source, left)
  const guards: string[] = []
  if (ignored.length > 0) guards.push(`if (${oneOf(ignored)}) return []`)
  if (command.ignore.when) guards.push(`if (${condition(command.ignore.when, before)}) return []`)
  const others = left.filter((name) => !accepts.includes(name))
  if (others.length > 0) {
    module.names.import('@eventwright/core', 'reject')
    guards.push(
      `if (${accepts.length < others.length + 1 ? noneOf(accepts) : oneOf(others)}) return reject('WrongState')`,
    )
  }
  const stateOnly = guards.length
  const scope = printLets(command, source, accepts, guards)
  for (const { refusal, condition: required } of command.requires) {
    module.names.import('@eventwright/core', 'reject')
    guards.push(`if (${condition(required, scope, true)}) return reject(${JSON.stringify(refusal)})`)
  }
  const result = printResult(command, source, scope, guards)
  const plain = stateOnly === 1 && guards.length === 1 && others.length > 0 && ignored.length === 0
  if (!plain || command.ignore.when) return { guards, result }
  return { guards, result, accepted: accepts.length < others.length + 1 ? oneOf(accepts) : noneOf(others) }
}

function oneOf(states: readonly string[]): string {
  return states.map((name) => `state.status === ${JSON.stringify(name)}`).join(' || ') || 'false'
}

function noneOf(states: readonly string[]): string {
  return states.map((name) => `state.status !== ${JSON.stringify(name)}`).join(' && ') || 'true'
}

function condition({ ast }: Expression, scope: Scope, negated = false): string {
  return printCondition(ast, scope, negated).text
}

/** What a decision sees while the state is one of `possible`. */
function scopeOf(command: Command, source: AggregateSource, possible: readonly string[]): Scope {
  const { aggregate, fields, module } = source
  const id = new Map([[aggregate.id.name, 'id']])
  const data: FieldType = { kind: 'object', fields: command.payload.fields, open: false }
  return module.scope(
    new Map<string, Variable>([
      ['cmd', { code: 'data', type: data, fields: id }],
      ['state', stateVariable(aggregate, fields, 'state')],
      ['status', statusVariable(aggregate, 'state.status', possible)],
      ['now', { code: 'now', type: { kind: 'timestamp' }, milliseconds: true }],
    ]),
  )
}

/** Each value of `let:` as a constant; one that nothing looks at is left out. */
function printLets(
  command: Command,
  source: AggregateSource,
  accepts: readonly string[],
  guards: string[],
): Scope {
  let scope = scopeOf(command, source, accepts)
  const taken = [...source.module.names.taken]
  for (const one of command.lets) {
    const code = identifier(one.name, taken)
    taken.push(code)
    if (isUsed(one, command)) guards.push(`const ${code} = ${letText(one, scope)}`)
    scope = { ...scope, variables: new Map(scope.variables).set(one.name, letVariable(one, code, scope)) }
  }
  return scope
}

function letText({ value }: Let, scope: Scope): string {
  const boolean = kindOf(value.ast, scope) === 'bool'
  return boolean ? printCondition(value.ast, scope, false).text : print(value.ast, scope).text
}

function letVariable({ value }: Let, code: string, scope: Scope): Variable {
  return { code, type: typeOf(value.ast, scope) ?? celType(value) }
}

function celType({ type }: Expression): FieldType {
  const list = /^list<(.*)>$/.exec(type)?.[1]
  if (list !== undefined) return { kind: 'list', element: named(list) }
  return named(type)
}

function named(type: string): FieldType {
  const kinds = ['int', 'double', 'string', 'bool', 'timestamp'] as const
  return { kind: kinds.find((kind) => kind === type) ?? 'any' }
}

function isUsed(one: Let, command: Command): boolean {
  const reads = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(reads)
    if (typeof value !== 'object' || value === null || !('op' in value) || !('args' in value)) return false
    return (value.op === 'id' && value.args === one.name) || reads(value.args)
  }
  const later = command.lets.slice(command.lets.indexOf(one) + 1)
  const expressions: readonly SyntaxNode[] = [
    ...later.map(({ value }) => value.ast),
    ...command.requires.map((required) => required.condition.ast),
    ...command.branches.flatMap(({ when }) => (when ? [when.ast] : [])),
  ]
  const sources = command.branches.flatMap(({ events }) =>
    events.flatMap(({ data }) => data.map((m) => m.source)),
  )
  return (
    expressions.some(reads) ||
    sources.some((source) =>
      source.from === 'expression'
        ? reads(source.expression.ast)
        : source.from === 'variable' && source.variable === one.name,
    )
  )
}

function printResult(command: Command, source: AggregateSource, scope: Scope, guards: string[]): string {
  if (command.decide) return outcomeText(command, source)
  for (const { when, events } of command.branches) {
    const result = eventsText(events, command, source, scope)
    if (when === undefined) return result
    guards.push(`if (${condition(when, scope)}) return ${result}`)
  }
  return '[]'
}

function eventsText(
  events: readonly Emission[],
  command: Command,
  source: AggregateSource,
  scope: Scope,
): string {
  const texts = events.map((event) => eventText(event, command, source, scope))
  return texts.length === 1 ? (texts[0] ?? '[]') : `[${texts.join(', ')}]`
}

function eventText(
  { event, data }: Emission,
  command: Command,
  source: AggregateSource,
  scope: Scope,
): string {
  const fields = source.events.find(({ name }) => name === event)?.payload.fields ?? []
  const { names } = source.module
  const typeText = (field: Field): string => source.types.ofField(field, names, `${GENERATED}/types.ts`)
  const written = properties(data, scope, { fields, typeText })
  return `{ type: ${JSON.stringify(event)}, data: { ${spread(written, command, source).join(', ')} } }`
}

/** Where all of the command's data goes into the event as it is, it is spread. */
function spread(written: readonly string[], command: Command, source: AggregateSource): readonly string[] {
  const own = ownFields(command, source).map(({ name }) => `${keyOf(name)}: data.${name}`)
  if (own.length < 2 || !own.every((text) => written.includes(text))) return written
  const rest = written.filter((text) => !own.includes(text))
  return [
    ...rest.filter((text) => /: id$|^id$/.test(text)),
    '...data',
    ...rest.filter((text) => !/: id$|^id$/.test(text)),
  ]
}
