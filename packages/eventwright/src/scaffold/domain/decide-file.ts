import type { Command } from '../../flow/index.ts'
import { type AggregateSource, GENERATED } from './aggregate.ts'

/** The call of a function in a file of its own, and what it decided in the library's words. */
export function outcomeText(command: Command, source: AggregateSource): string {
  const { module, aggregate, decideFile } = source
  if (!command.decide) return '[]'
  const decide = module.names.import(decideFile(command.decide.path), command.decide.exportName)
  const outcome = module.names.import(`${GENERATED}/outcome.ts`, 'outcome')
  const id = `{ ${aggregate.id.name}: id }`
  const data = command.payload.fields.length > 1 ? `{ ${aggregate.id.name}: id, ...data }` : id
  const lists = `events: ${list(command.emits)}, refusals: ${list(command.refuses)}`
  return `${outcome}(${decide}, { state, data: ${data} }, { id: ${id}, ${lists} })`
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(', ')}]`
}

/** `src/generated/outcome.ts`, where a command of the service is decided in a file of its own. */
export const OUTCOME = `import { type NewEventOf, type Refusal, reject } from '@eventwright/core'
import type { Events } from './events.ts'

/** What may come of a decision. */
export interface Possible<Type extends keyof Events, Name extends string> {
  /** The field that every event of the aggregate has. */
  readonly id: object
  readonly events: readonly Type[]
  readonly refusals: readonly Name[]
}

/**
 * What a function on plain data decides, in the library's words: nothing, an event or several, or a refusal
 * \`{ name, message }\`. @throws TypeError for anything that was not said to be possible
 */
export function outcome<Type extends keyof Events, Name extends string>(
  decide: (state: never, data: never) => unknown,
  given: { readonly state: object; readonly data: object },
  possible: Possible<Type, Name>,
): readonly NewEventOf<Pick<Events, Type>>[] | Refusal<Name> {
  // The function says for itself what it takes; state and data have been checked by now.
  const decided = decide(given.state as never, given.data as never)
  if (decided === undefined || decided === null) return []
  const answers: readonly unknown[] = Array.isArray(decided) ? decided : [decided]
  const [first] = answers
  const refusal = Array.isArray(decided) ? undefined : refusalIn(first, possible.refusals)
  return refusal ?? answers.map((answer) => eventIn(answer, possible))
}

function refusalIn<Name extends string>(answer: unknown, refusals: readonly Name[]): Refusal<Name> | undefined {
  const said = text(answer, 'name') ?? text(answer, 'refusal')
  if (said === undefined) return undefined
  const name = refusals.find((one) => one === said)
  if (name === undefined) throw new TypeError(\`the refusal \${said} is not one of \${refusals.join(', ')}\`)
  return reject(name, text(answer, 'message'))
}

function eventIn<Type extends keyof Events>(
  answer: unknown,
  { id, events }: Possible<Type, string>,
): NewEventOf<Pick<Events, Type>> {
  const type = events.find((one) => one === text(answer, 'type'))
  if (type === undefined) throw new TypeError(\`a decision gave neither a refusal nor one of \${events.join(', ')}\`)
  const data: unknown = typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : {}
  // The catalog checks the payload against its schema before the event is appended.
  return { type, data: { ...id, ...(typeof data === 'object' ? data : {}) } } as NewEventOf<Pick<Events, Type>>
}

function text(answer: unknown, name: string): string | undefined {
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) return undefined
  const value: unknown = Reflect.get(answer, name)
  return typeof value === 'string' ? value : undefined
}
`
