import type { Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { checkedSchema, fragmentOf, valueAt } from './checked-schema.ts'
import { type ReadDocument, readDocument } from './read-document.ts'
import { withReferenced } from './references.ts'
import { type Draft, draftOf, type EventSchema, nameParts, type SchemaSet } from './schema-set.ts'

type Path = readonly (string | number)[]
type Members = { readonly [key: string]: unknown }

/** A message with the document that it stands in, after its references were followed. */
type Message = {
  readonly key: string
  readonly document: ReadDocument
  readonly path: Path
  readonly value: Members
}

type Place = Omit<Message, 'value'>
type Documents = ReadonlyMap<string, ReadDocument>

const CLOUD_EVENT = /^application\/cloudevents(\+json)?\b/i

/**
 * The payload schemas of an AsyncAPI file, 2.x or 3.x: of the messages in `components`, in the channels and in the
 * operations. A message's event type is its `name`, else its key. Where its content type is a CloudEvent, or its
 * payload itself describes `specversion`, the schema is of the whole event, else of `data`. @throws InputUnreadable
 */
export function asyncApiSchemas(file: string, report: Report<Code>): SchemaSet {
  const root = readDocument(file, report)
  if (root === undefined) return { documents: [], events: [] }
  if (!isSupported(root, report)) return { documents: [], events: [] }
  const documents = withReferenced([root], report)
  const byUri = new Map(documents.map((document) => [document.uri, document]))
  const found = new Map<string, Message>()
  for (const [key, path] of messagePaths(root.content)) {
    const message = withTraits(follow({ document: root, path, key }, byUri), root, byUri)
    if (message !== undefined) found.set(`${message.document.uri}${fragmentOf(message.path)}`, message)
  }
  const events = [...found.values()].flatMap((message) => schemaOf(message, { root, byUri, report }))
  if (events.length === 0 && report.findings.length === 0)
    report(
      'catalog-broken',
      root.place([]),
      'No message of this AsyncAPI file has a payload.',
      'Give `components.messages` with a `payload` each.',
    )
  // Of these files only the parts that a message leads to are schemas.
  return { documents: documents.map(({ uri, content }) => ({ uri, content: withoutIds(content) })), events }
}

function isSupported({ content, place }: ReadDocument, report: Report<Code>): boolean {
  const version = isMembers(content) ? content.asyncapi : undefined
  if (typeof version === 'string' && /^[23]\./.test(version)) return true
  const message =
    version === undefined
      ? 'This is no AsyncAPI file: `asyncapi:` is missing.'
      : `AsyncAPI ${String(version)} cannot be read.`
  report(
    'catalog-broken',
    place(version === undefined ? [] : ['asyncapi']),
    message,
    'Give a file of AsyncAPI 2 or 3.',
  )
  return false
}

/** Where messages stand, each with what it is called there. */
function* messagePaths(content: unknown): Generator<readonly [string, Path]> {
  yield* membersAt(content, ['components', 'messages'])
  for (const [channel, path] of membersAt(content, ['channels'])) {
    yield* membersAt(content, [...path, 'messages'])
    yield* operationMessages(content, channel, [...path, 'publish', 'message'])
    yield* operationMessages(content, channel, [...path, 'subscribe', 'message'])
  }
}

function membersAt(content: unknown, path: Path): readonly (readonly [string, Path])[] {
  const value = valueAt(content, path)
  return isMembers(value) ? Object.keys(value).map((key) => [key, [...path, key]] as const) : []
}

/** In AsyncAPI 2 an operation has one message, or one of several. */
function operationMessages(
  content: unknown,
  channel: string,
  path: Path,
): readonly (readonly [string, Path])[] {
  const value = valueAt(content, path)
  if (!isMembers(value)) return []
  if (!Array.isArray(value.oneOf)) return [[channel, path]]
  return value.oneOf.map((_, index) => [channel, [...path, 'oneOf', index]] as const)
}

function follow({ document, path, key }: Place, byUri: Documents, hops = 0): Message | undefined {
  const value = valueAt(document.content, path)
  if (!isMembers(value) || hops > 20) return undefined
  if (typeof value.$ref !== 'string') return { key, document, path, value }
  const target = URL.parse(value.$ref, document.uri)
  const steps = unescaped(target?.hash ?? '')
    .split('/')
    .slice(1)
  const next = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (target !== null) target.hash = ''
  const holder = byUri.get(target?.href ?? '')
  return holder && follow({ document: holder, path: next, key: String(next.at(-1) ?? key) }, byUri, hops + 1)
}

function unescaped(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

function schemaOf(
  { key, document, path, value }: Message,
  {
    root,
    byUri,
    report,
  }: { readonly root: ReadDocument; readonly byUri: Documents; readonly report: Report<Code> },
): readonly EventSchema[] {
  if (value.payload === undefined) return []
  const type = typeof value.name === 'string' ? value.name : key
  const isMultiFormat =
    isMembers(value.payload) && 'schemaFormat' in value.payload && 'schema' in value.payload
  const at = isMultiFormat ? [...path, 'payload', 'schema'] : [...path, 'payload']
  const holder = isMultiFormat && isMembers(value.payload) ? value.payload : value
  const format = typeof holder.schemaFormat === 'string' ? holder.schemaFormat : undefined
  const schema = valueAt(document.content, at)
  const draft = draftFor(format, schema)
  if (draft === undefined) {
    report(
      'catalog-broken',
      document.place(at),
      `The payload of ${type} is described as ${format}, which cannot be read.`,
      'Describe it as JSON Schema.',
    )
    return []
  }
  const isWhole = saysCloudEvent(value, root) || describesEnvelope({ document, path: at, key }, byUri)
  const covers = isWhole ? 'event' : 'data'
  const uri = `${document.uri}${fragmentOf(at)}`
  return checkedSchema(
    { ...nameParts(type), uri, place: document.place(at), covers, draft },
    [document, at],
    report,
  )
}

/** AsyncAPI's own schemas are a superset of draft 7. */
function draftFor(format: string | undefined, schema: unknown): Draft | undefined {
  if (isMembers(schema) && typeof schema.$schema === 'string') return draftOf(schema)
  if (format === undefined || /^application\/vnd\.aai\.asyncapi/.test(format)) return '7'
  if (!/^application\/schema\+(json|yaml)/.test(format)) return undefined
  return /draft-0[67]/.test(format) ? '7' : '2020-12'
}

function saysCloudEvent(message: Members, { content }: ReadDocument): boolean {
  const ofAll = isMembers(content) ? content.defaultContentType : undefined
  const type = message.contentType ?? ofAll
  return typeof type === 'string' && CLOUD_EVENT.test(type)
}

/** Whether a schema speaks of `specversion`: itself, behind a reference, or in a part of its `allOf`. */
function describesEnvelope(place: Place, byUri: Documents, depth = 0): boolean {
  const schema = follow(place, byUri)
  if (schema === undefined || depth > 5) return false
  const { document, path, value } = schema
  if (isMembers(value.properties) && 'specversion' in value.properties) return true
  const parts = Array.isArray(value.allOf) ? value.allOf : []
  return parts.some((_, index) =>
    describesEnvelope({ document, path: [...path, 'allOf', index], key: '' }, byUri, depth + 1),
  )
}

/**
 * A message with what its traits say: from AsyncAPI 3 the message's own word counts, in AsyncAPI 2 the trait's.
 * Paths go on counting in the message, since traits have no payload.
 */
function withTraits(message: Message | undefined, root: ReadDocument, byUri: Documents): Message | undefined {
  if (message === undefined || !Array.isArray(message.value.traits)) return message
  const { document, path, value } = message
  const traits = value.traits as readonly unknown[]
  const said = traits.map(
    (_, index) => follow({ document, path: [...path, 'traits', index], key: '' }, byUri)?.value ?? {},
  )
  const isSecond = isMembers(root.content) && /^2/.test(String(root.content.asyncapi))
  const merged: Members = Object.assign({}, isSecond ? value : {}, ...said, isSecond ? {} : value)
  return { ...message, value: { ...merged, payload: value.payload } }
}

/** `id` and `$id` outside of schemas mean something else. */
function withoutIds(content: unknown): unknown {
  if (!isMembers(content)) return content
  const { id: _, $id: __, ...rest } = content
  return rest
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
