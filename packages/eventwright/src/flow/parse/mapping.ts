import type { ExpressionScope } from '../cel/index.ts'
import type { Report } from '../findings/index.ts'
import type { Field, FieldType, MappedField, Mapping, Place, Source } from '../model/index.ts'
import { misfit, readExpression } from './expressions.ts'
import { suggestion } from './nearest.ts'
import { type Entry, entriesOf, type Tree } from './tree.ts'

/** A variable whose fields are copied by name, or (`whole`) which is itself a source under its name. */
export type Copied = { readonly variable: string; readonly type: FieldType; readonly whole?: true }

/** What a mapping is made from. */
export type MappingRequest = {
  /** The target for messages: "the event OrderPlaced". */
  readonly target: string
  readonly fields: readonly Field[]
  /** Where a missing source is reported. */
  readonly place: Place
  readonly written: readonly Entry[]
  readonly scope: ExpressionScope
  /** Sources by name, the nearest first. */
  readonly copied: readonly Copied[]
  /** Sources that are settled already, such as a compensation's from its forward command. */
  readonly given?: ReadonlyMap<string, Source>
  /** Required fields may stay without a source: a row is filled by several events. */
  readonly partial?: true
  /** Written keys that are no field of this target but of a neighbour's. */
  readonly elsewhere?: ReadonlySet<string>
}

/** Writes out the copying rules: each target field with its source, and a finding where there is none. */
export function readMapping(request: MappingRequest, report: Report): Mapping {
  const written = new Map(request.written.map((entry) => [entry.key, entry]))
  const names = request.fields.map((f) => f.name)
  for (const entry of request.written) {
    if (names.includes(entry.key) || request.elsewhere?.has(entry.key)) continue
    report(
      'unknown-target-field',
      entry.place,
      `${capital(request.target)} has no field \`${entry.key}\`.`,
      suggestion(entry.key, names),
    )
  }
  return request.fields.flatMap((field) => {
    const entry = written.get(field.name)
    const mapped =
      entry === undefined ? copy(field, request, report) : mapWritten(field, entry, request, report)
    return mapped === undefined ? [] : [mapped]
  })
}

/** Entries of `with:` or `set:`. */
export function writtenIn(tree: Tree | undefined): readonly Entry[] {
  return entriesOf(tree)
}

function mapWritten(
  field: Field,
  entry: Entry,
  request: MappingRequest,
  report: Report,
): MappedField | undefined {
  const constants = membersOf(field.type)
  const scope = constants === undefined ? request.scope : { variables: request.scope.variables, constants }
  const read = readExpression(entry.value, scope, report)
  if (read === undefined) return undefined
  const wrong = misfit(read, field.type)
  if (wrong !== undefined) {
    report(
      'mapping-type',
      entry.value.place,
      `\`${field.name}\` of ${request.target} takes ${shown(field.type)}, and this is ${wrong}.`,
      'Give a value of that type.',
    )
    return undefined
  }
  return {
    field: field.name,
    source: { from: 'expression', expression: read.expression },
    written: true,
    place: entry.place,
  }
}

function copy(field: Field, request: MappingRequest, report: Report): MappedField | undefined {
  const given = request.given?.get(field.name)
  if (given !== undefined) return { field: field.name, source: given, written: false, place: request.place }
  for (const copied of request.copied) {
    const found = sourceIn(field, copied)
    if (found === undefined) continue
    const shownSource = found.source.from === 'field' ? `${copied.variable}.${field.name}` : copied.variable
    if (!compatible(found.type, field.type)) {
      report(
        'mapping-type',
        request.place,
        `\`${field.name}\` of ${request.target} takes ${shown(field.type)}, and \`${shownSource}\` is ${shown(found.type)}.`,
        `Map it: \`with: { ${field.name}: … }\`.`,
      )
      return undefined
    }
    if (found.optional && !field.optional && request.partial === undefined) {
      report(
        'unmapped-field',
        request.place,
        `${capital(request.target)} needs \`${field.name}\`, and \`${shownSource}\` may be absent.`,
        `Give it a value: \`with: { ${field.name}: has(${shownSource}) ? ${shownSource} : … }\`, or make it optional: \`${field.name}?\`.`,
      )
    }
    return { field: field.name, source: found.source, written: false, place: request.place }
  }
  if (!field.optional && request.partial === undefined) {
    report(
      'unmapped-field',
      request.place,
      `${capital(request.target)} needs \`${field.name}\`, and nothing here has a field of that name.`,
      `Map it: \`with: { ${field.name}: … }\`.`,
    )
  }
  return undefined
}

function sourceIn(
  field: Field,
  copied: Copied,
): { source: Source; type: FieldType; optional: boolean } | undefined {
  if (copied.whole) {
    if (copied.variable !== field.name) return undefined
    return { source: { from: 'variable', variable: copied.variable }, type: copied.type, optional: false }
  }
  if (copied.type.kind !== 'object') return undefined
  const found = copied.type.fields.find((f) => f.name === field.name)
  if (found === undefined) return undefined
  return {
    source: { from: 'field', variable: copied.variable, field: field.name },
    type: found.type,
    optional: found.optional,
  }
}

function compatible(source: FieldType, target: FieldType): boolean {
  if (target.kind === 'any' || source.kind === 'any') return true
  if (source.kind === 'list' && target.kind === 'list') return compatible(source.element, target.element)
  if (source.kind === 'enum' && target.kind === 'enum')
    return source.members.every((m) => target.members.includes(m))
  if (source.kind === 'object' && target.kind === 'object') {
    return target.fields.every(
      (t) => t.optional || source.fields.some((s) => s.name === t.name && compatible(s.type, t.type)),
    )
  }
  return (
    source.kind === target.kind ||
    (source.kind === 'enum' && target.kind === 'string') ||
    (source.kind === 'int' && target.kind === 'double')
  )
}

function membersOf(type: FieldType): readonly string[] | undefined {
  return type.kind === 'enum' ? type.members : undefined
}

function shown(type: FieldType): string {
  if (type.kind === 'enum') return `one of ${type.members.join(', ')}`
  if (type.kind === 'list') return `a list of ${shown(type.element)}`
  return type.kind === 'object' ? 'an object' : type.kind
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
