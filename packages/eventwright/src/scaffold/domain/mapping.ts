import type { Field, FieldType, MappedField, Mapping, Source } from '../../flow/index.ts'
import { kindOf, LEVEL, type print, printValue, type Scope, typeOf, within } from './cel/index.ts'
import { keyOf, propertyOf } from './names.ts'

/** What a mapping makes. */
export interface Target {
  readonly fields: readonly Field[]
  /** The type of a field as text, for what only a cast can say. */
  readonly typeText: (field: Field) => string
  /** True where an absent value leaves what was there before, as in a state or a row. */
  readonly keeps?: boolean
}

/** One value of a mapping as TypeScript. */
interface Value {
  readonly text: string
  /** True where it may be `undefined`. */
  readonly absent: boolean
  readonly type?: FieldType
}

/** The properties of an object literal: `total: data.total`. */
export function properties(mapping: Mapping, scope: Scope, target: Target): readonly string[] {
  return mapping.map((mapped) => property(mapped, scope, target))
}

function property(mapped: MappedField, scope: Scope, target: Target): string {
  const field = target.fields.find(({ name }) => name === mapped.field)
  const { text, absent, type } = sourceText(mapped.source, scope)
  const key = keyOf(mapped.field)
  if (absent && target.keeps) return `...(${text} !== undefined && { ${key}: ${text} })`
  const required = absent && field?.optional === false ? presentOf(text, scope) : text
  const fitting = field === undefined ? required : fitted(required, type, field, target)
  return fitting === key ? key : `${key}: ${fitting}`
}

function presentOf(text: string, scope: Scope): string {
  scope.uses.add('present')
  return `present(${text})`
}

/** What TypeScript knows less of than the flow does is said by a cast. */
function fitted(text: string, type: FieldType | undefined, field: Field, target: Target): string {
  if (type === undefined || fits(type, field.type)) return text
  return `${/^[\w.$]+(\([^()]*\))?$/.test(text) ? text : `(${text})`} as ${target.typeText(field)}`
}

function fits(source: FieldType, target: FieldType): boolean {
  if (target.kind === 'any') return true
  if (source.kind === 'any') return false
  if (target.kind === 'enum') {
    return source.kind === 'enum' && source.members.every((member) => target.members.includes(member))
  }
  if (source.kind === 'list' && target.kind === 'list') return fits(source.element, target.element)
  if (source.kind === 'object' && target.kind === 'object') return objectFits(source.fields, target.fields)
  return true
}

function objectFits(source: readonly Field[], target: readonly Field[]): boolean {
  return target.every((field) => {
    const own = source.find(({ name }) => name === field.name)
    return own === undefined ? field.optional : fits(own.type, field.type)
  })
}

/** A source as TypeScript. */
export function sourceText(source: Source, scope: Scope): Value {
  switch (source.from) {
    case 'constant':
      return { text: JSON.stringify(source.value), absent: false }
    case 'variable': {
      const variable = scope.variables.get(source.variable)
      return {
        text: variable?.code ?? source.variable,
        absent: false,
        ...(variable && { type: variable.type }),
      }
    }
    case 'field':
      return fieldValue(source.variable, source.field, scope)
    case 'expression':
      return expressionValue(source.expression.ast, scope)
  }
}

function fieldValue(name: string, field: string, scope: Scope): Value {
  const variable = scope.variables.get(name)
  const own = variable?.fields?.get(field)
  const declared = variable?.type.kind === 'object' ? variable.type.fields : []
  const found = declared.find((one) => one.name === field)
  if (own !== undefined) return { text: own, absent: false, ...(found && { type: found.type }) }
  if (variable === undefined) return { text: 'undefined', absent: true }
  if (found === undefined) {
    scope.uses.add('field')
    return { text: `field(${variable.code}, ${JSON.stringify(field)})`, absent: false, type: { kind: 'any' } }
  }
  const text = `${variable.code}${variable.absent ? '?' : ''}${propertyOf(field, variable.absent)}`
  return { text, absent: found.optional || variable.absent === true, type: found.type }
}

function expressionValue(node: Parameters<typeof print>[0], scope: Scope): Value {
  const code = printValue(node, scope)
  const text = code.level < LEVEL.choice ? within(code, LEVEL.value) : code.text
  const type = typeOf(node, scope) ?? literalType(node, scope)
  return { text, absent: false, ...(type && { type }) }
}

/** Literals and choices between them are as narrow as TypeScript needs them. */
function literalType(node: Parameters<typeof print>[0], scope: Scope): FieldType | undefined {
  if (node.op === 'value' || node.op === 'id' || node.op === 'map' || node.op === 'list') return undefined
  return kindOf(node, scope) === 'dyn' ? { kind: 'any' } : undefined
}
