import {
  type ASTNode,
  type Environment,
  EvaluationError,
  ParseError,
  TypeError as TypeProblem,
} from '@marcbachmann/cel-js'
import type { FieldType, Json, Place, Scope } from '../model/index.ts'
import { type Construct, fromCel, toCel } from './convert.ts'
import { ExpressionError, type ExpressionProblem } from './errors.ts'
import { createBaseEnvironment, LINEAR_MATCHES } from './functions.ts'
import { findUnguarded } from './guards.ts'
import { findBadPatterns } from './patterns.ts'

/** What expressions in one place see: typed variables. */
export type ExpressionScope = {
  readonly variables: ReadonlyMap<string, FieldType>
  /** Members of an enumerated target, which are constants there. */
  readonly constants?: readonly string[]
}

/** An expression that can run: plain JSON in and out. */
export type CompiledExpression = {
  readonly source: string
  /** The type that CEL inferred. */
  readonly type: string
  readonly ast: ASTNode
  evaluate(scope: Scope): Json
}

/** Either an expression that runs, or what is wrong with it. */
export type Compilation =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] }

let base: Environment | undefined

/**
 * Compiles and type-checks a CEL expression against the types of what it sees. `place` is for the
 * `ExpressionError` of a run that fails.
 */
export function compileExpression(source: string, scope: ExpressionScope, place: Place): Compilation {
  const { environment, construct } = environmentOf(scope)
  try {
    const parsed = environment.parse(withLinearMatches(source))
    const check = parsed.check()
    if (!check.valid) return failed(check.error, scope, source)
    const problems = [...findUnguarded(parsed.ast, scope.variables), ...findBadPatterns(parsed.ast)]
    if (problems.length > 0) return { ok: false, problems }
    return {
      ok: true,
      expression: {
        source,
        type: check.type ?? 'dyn',
        ast: parsed.ast,
        evaluate: evaluator(parsed, source, scope, construct, place),
      },
    }
  } catch (error) {
    return failed(error, scope, source)
  }
}

function evaluator(
  run: (context: { [name: string]: unknown }) => unknown,
  source: string,
  scope: ExpressionScope,
  construct: Construct,
  place: Place,
): (values: Scope) => Json {
  return (values) => {
    const context: { [name: string]: unknown } = {}
    for (const [name, type] of scope.variables) context[name] = toCel(values[name], type, construct)
    try {
      return fromCel(run(context))
    } catch (error) {
      throw new ExpressionError(source, place, reasonOf(error), { cause: error })
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof EvaluationError || error instanceof TypeProblem) return plain(error.summary)
  return error instanceof Error ? plain(error.message) : String(error)
}

/** Compiling a scope costs a millisecond, and many expressions share one. */
type Typed = { readonly environment: Environment; readonly construct: Construct }

const cache = new WeakMap<ReadonlyMap<string, FieldType>, Map<string, Typed>>()

function environmentOf(scope: ExpressionScope): Typed {
  const byConstants = cache.get(scope.variables) ?? new Map<string, Typed>()
  cache.set(scope.variables, byConstants)
  const constants = scope.constants ?? []
  const key = constants.join('\n')
  const known = byConstants.get(key)
  if (known !== undefined) return known
  base ??= createBaseEnvironment()
  const environment = base.clone()
  const types = new TypeNames(environment)
  for (const [name, type] of scope.variables) environment.registerVariable(name, types.nameOf(type, name))
  for (const constant of constants) {
    if (!scope.variables.has(constant)) environment.registerConstant(constant, 'string', constant)
  }
  const typed = { environment, construct: types.construct }
  byConstants.set(key, typed)
  return typed
}

/** Gives each object type of a scope a name of its own, which shows up in CEL's messages. */
class TypeNames {
  readonly #environment: Environment
  readonly #names = new Map<FieldType, string>()
  readonly #taken = new Set<string>()
  readonly #constructors = new Map<
    FieldType,
    new (
      entries: readonly (readonly [string, unknown])[],
    ) => object
  >()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  readonly construct: Construct = (type, entries) => {
    const ctor = this.#constructors.get(type)
    return ctor === undefined ? Object.fromEntries(entries) : new ctor(entries)
  }

  nameOf(type: FieldType, path: string): string {
    if (type.kind === 'list') return `list<${this.nameOf(type.element, `${path}_item`)}>`
    if (type.kind === 'timestamp') return 'google.protobuf.Timestamp'
    if (type.kind === 'enum') return 'string'
    if (type.kind === 'any') return 'dyn'
    if (type.kind !== 'object') return type.kind
    if (type.open && type.fields.length === 0) return 'map<string, dyn>'
    const known = this.#names.get(type)
    if (known !== undefined) return known
    let name = `type_${path}`
    while (this.#taken.has(name)) name = `${name}_`
    this.#taken.add(name)
    this.#names.set(type, name)
    const fields = type.fields.map((field) => [field.name, this.nameOf(field.type, `${path}_${field.name}`)])
    const ctor = class extends Map<string, unknown> {}
    this.#constructors.set(type, ctor)
    this.#environment.registerType(name, { ctor, fields: Object.fromEntries(fields) })
    return name
  }
}

/**
 * `matches` of cel-js runs on RegExp, which blocks for seconds on `^(a+)+$`, and cannot be replaced. So the method
 * is called by another name of the same length, under which all positions stay.
 */
function withLinearMatches(source: string): string {
  return source.replace(/\.(\s*)matches(\s*\()/g, (whole, before: string, after: string, offset: number) =>
    insideString(source, offset) ? whole : `.${before}${LINEAR_MATCHES}${after}`,
  )
}

function insideString(source: string, offset: number): boolean {
  let quote = ''
  for (let i = 0; i < offset; i++) {
    const char = source[i] ?? ''
    if (quote === '') {
      if (char === '"' || char === "'") quote = char
    } else if (char === '\\') i++
    else if (char === quote) quote = ''
  }
  return quote !== ''
}

function failed(error: unknown, scope: ExpressionScope, source: string): Compilation {
  if (error instanceof ParseError) {
    return {
      ok: false,
      problems: [problem('syntax', plain(error.summary), 'Mend the CEL here.', error.range, source)],
    }
  }
  if (error instanceof TypeProblem || error instanceof EvaluationError)
    return typeProblem(error, scope, source)
  const reason = error instanceof Error ? plain(error.message) : String(error)
  return { ok: false, problems: [problem('type', reason, 'Mend the expression.', undefined, source)] }
}

function typeProblem(
  error: TypeProblem | EvaluationError,
  scope: ExpressionScope,
  source: string,
): Compilation {
  const summary = plain(error.summary)
  if (error.code === 'unknown_variable') {
    const names = [...scope.variables.keys(), ...(scope.constants ?? [])].map((name) => `\`${name}\``)
    const mend = names.length > 0 ? `Here CEL sees ${names.join(', ')}.` : 'Here CEL sees no variables.'
    return { ok: false, problems: [problem('unknown-variable', summary, mend, error.range, source)] }
  }
  if (error.code === 'no_such_key') {
    return {
      ok: false,
      problems: [problem('unknown-field', summary, fieldsMend(error, scope), error.range, source)],
    }
  }
  return {
    ok: false,
    problems: [problem('type', summary, 'Bring both sides to one type.', error.range, source)],
  }
}

function fieldsMend(error: TypeProblem | EvaluationError, scope: ExpressionScope): string {
  const start = error.range?.start ?? 0
  const before = /([A-Za-z_]\w*)\.$/.exec((error.node?.input ?? '').slice(0, start))?.[1]
  const type = before === undefined ? undefined : scope.variables.get(before)
  if (type?.kind !== 'object') return 'Use a field that the payload declares.'
  return `Fields of \`${before}\` are ${type.fields.map((field) => `\`${field.name}\``).join(', ')}.`
}

function problem(
  kind: ExpressionProblem['kind'],
  message: string,
  mend: string,
  range: { readonly start: number; readonly end: number } | undefined,
  source: string,
): ExpressionProblem {
  const sentence = message.endsWith('.') ? message : `${message}.`
  return { kind, message: sentence, mend, start: range?.start ?? 0, end: range?.end ?? source.length }
}

/** CEL's message without its own excerpt, its inner type names, and our name for `matches`. */
function plain(message: string): string {
  return (message.split('\n')[0] ?? message)
    .replaceAll(LINEAR_MATCHES, 'matches')
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replace(/type_(\w+)/g, '$1')
}
