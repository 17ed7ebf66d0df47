import type { ErrorObject } from 'ajv'
import { nearest } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { pointerStep } from '../text/span.ts'
import type { Problem } from './problem.ts'

/** What the errors are about: the code that they get, and where the value that was checked stands in the event. */
type About = { readonly code: Code; readonly base: string; readonly of: string }

/** Errors that only repeat that one of theirs inside failed. */
const OUTER = new Set(['anyOf', 'oneOf', 'allOf', 'if', 'propertyNames', 'not'])

/** What a schema has against a value, in words, each with its place and how to mend it. */
export function schemaProblems(errors: readonly ErrorObject[], about: About): readonly Problem[] {
  const inner = errors.filter((error) => !OUTER.has(error.keyword) && error.propertyName === undefined)
  const names = errors.filter((error) => error.keyword === 'propertyNames')
  const told = inner.length + names.length > 0 ? [...inner, ...names] : errors
  const problems = told.map((error) => problemOf(error, errors, about))
  return [...new Map(problems.map((problem) => [`${problem.pointer} ${problem.message}`, problem])).values()]
}

function problemOf(error: ErrorObject, all: readonly ErrorObject[], { code, base, of }: About): Problem {
  const pointer = base + error.instancePath
  const { params } = error
  const unknown: unknown = params.additionalProperty ?? params.unevaluatedProperty
  if (typeof unknown === 'string') return unknownName(unknown, all, { code, pointer })
  if (error.keyword === 'propertyNames') return badName(String(params.propertyName), { code, pointer })
  const missing: unknown = params.missingProperty
  if (typeof missing === 'string') {
    const name = missing
    return {
      code,
      pointer,
      message: `${pointerTo(pointer, name)} is missing.`,
      mend: `Add ${quoted(name)}: ${of} asks for it.`,
    }
  }
  const what = pointer === '' ? 'The event' : pointer
  return { code, pointer, message: `${what} ${wordsOf(error)}.`, mend: mendOf(error, of) }
}

function unknownName(
  name: string,
  all: readonly ErrorObject[],
  { code, pointer }: Pick<Problem, 'code' | 'pointer'>,
): Problem {
  const at = pointerTo(pointer, name)
  const near = nearest(name, missingOf(all))
  const mend = near === undefined ? 'Take it out, or add it to the schema.' : `Did you mean \`${near}\`?`
  return { code, pointer: at, onKey: true, message: `${at} is not in the schema.`, mend }
}

function badName(name: string, { code, pointer }: Pick<Problem, 'code' | 'pointer'>): Problem {
  const at = pointerTo(pointer, name)
  const isAttribute = code === 'envelope-invalid'
  const lower = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 20)
  const attribute = `Attributes of CloudEvents are 1 to 20 of a-z and 0-9${lower === '' ? '' : `: \`${lower}\``}. What is about the subject belongs into \`data\`.`
  const message = isAttribute
    ? `${at} is no name of an attribute.`
    : `${at} has a name that the schema refuses.`
  return {
    code,
    pointer: at,
    onKey: true,
    message,
    mend: isAttribute ? attribute : 'Rename it, or mend the schema.',
  }
}

function missingOf(errors: readonly ErrorObject[]): string[] {
  return errors.flatMap(({ params }) =>
    typeof params.missingProperty === 'string' ? [params.missingProperty] : [],
  )
}

function wordsOf({ keyword, params, message = 'breaks the schema' }: ErrorObject): string {
  if (keyword === 'type') return `must be ${typesOf(params.type)}`
  if (keyword === 'enum') return `is none of ${listOf(params.allowedValues)}`
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`
  if (keyword === 'format') return `is no ${params.format}`
  if (keyword === 'pattern') return `does not match ${shortened(String(params.pattern))}`
  if (keyword === 'false schema') return 'must not be there'
  return message.replace('must NOT', 'must not')
}

function mendOf({ keyword, params }: ErrorObject, of: string): string {
  if (keyword === 'enum' || keyword === 'const') return 'Use exactly one of those values.'
  if (keyword === 'false schema') return 'Take it out.'
  if (keyword === 'format' && params.format === 'date-time') return 'Write it as 2026-01-31T12:00:00Z.'
  return `Mend the value; it is ${of} that asks for this.`
}

function typesOf(types: unknown): string {
  const names = Array.isArray(types) ? types : [types]
  return names
    .map((name) => (name === 'null' ? 'null' : `${/^[aio]/.test(String(name)) ? 'an' : 'a'} ${name}`))
    .join(' or ')
}

function listOf(values: unknown): string {
  const list = Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : []
  return `${list.slice(0, 12).join(', ')}${list.length > 12 ? ', …' : ''}`
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}

function pointerTo(pointer: string, name: string): string {
  return `${pointer}/${pointerStep(name)}`
}

function quoted(name: string): string {
  return `\`${name}\``
}
