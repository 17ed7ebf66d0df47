import type { LogQuery, RecordedEvent } from '@eventwright/core'
import { fieldsOf, textIn } from './json-object.ts'
import { conversationOf, type Source } from './sources.ts'

/** What an id turned out to be, and the conversations that it belongs to, in the order in which they went on last. */
export interface Target {
  readonly kind: 'conversation' | 'event' | 'stream' | 'command'
  readonly conversations: readonly string[]
  /** True where a stream has more of them. */
  readonly more: boolean
}

export interface FindOptions {
  readonly tenant?: string
  /** Most conversations of a stream; the last ones are taken. */
  readonly most: number
}

type Kind = (sources: readonly Source[], id: string, options: FindOptions) => Promise<Target | undefined>

/** Events of a stream that are looked at for its conversations. */
const RECENT = 1_000

/**
 * Finds out what an id names: a conversation, an event, a stream (also as `TENANT/STREAM`), or a command. All but a
 * command that no saga sent are found by an index; such a command usually names its conversation too.
 */
export async function findTarget(
  sources: readonly Source[],
  id: string,
  options: FindOptions,
): Promise<Target | undefined> {
  for (const kind of KINDS) {
    const target = await kind(sources, id, options)
    if (target !== undefined) return target
  }
  return undefined
}

const byConversation: Kind = async (sources, id, options) => {
  const events = await ask(sources, options, { correlationId: id, limit: 1 })
  return events.length === 0 ? undefined : { kind: 'conversation', conversations: [id], more: false }
}

const byEvent: Kind = async (sources, id, options) => one('event', await ask(sources, options, { id }))

const byStream: Kind = (sources, id, options) => inStream(sources, id, options)

const bySagaCommand: Kind = async (sources, id, options) => {
  const stream = sagaStreamOf(id)
  if (stream === undefined) return undefined
  const events = await ask(sources, options, {
    stream,
    types: ['eventwright.saga.CommandSent'],
    limit: RECENT,
  })
  return one(
    'command',
    events.filter(({ data }) => textIn(fieldsOf(fieldsOf(data).command), 'commandId') === id),
  )
}

const byTenantAndStream: Kind = async (sources, id, options) => {
  const slash = id.indexOf('/')
  if (slash <= 0) return undefined
  return inStream(sources, id.slice(slash + 1), { ...options, tenant: id.slice(0, slash) })
}

const byCommand: Kind = async (sources, id, options) =>
  one('command', await ask(sources, options, { commandId: id, limit: 1 }))

const KINDS: readonly Kind[] = [
  byConversation,
  byEvent,
  byStream,
  bySagaCommand,
  byTenantAndStream,
  byCommand,
]

async function inStream(
  sources: readonly Source[],
  stream: string,
  options: FindOptions,
): Promise<Target | undefined> {
  const events = await ask(sources, options, { stream, direction: 'backward', limit: RECENT })
  if (events.length === 0) return undefined
  const latest = [...new Set(events.toSorted((a, b) => b.recordedAt - a.recordedAt).map(conversationOf))]
  const conversations = latest.slice(0, options.most).reverse()
  const more = latest.length > conversations.length || events.length >= RECENT
  return { kind: 'stream', conversations, more }
}

function one(kind: Target['kind'], events: readonly RecordedEvent[]): Target | undefined {
  const [event] = events
  return event && { kind, conversations: [conversationOf(event)], more: false }
}

async function ask(
  sources: readonly Source[],
  { tenant }: FindOptions,
  query: LogQuery,
): Promise<readonly RecordedEvent[]> {
  const asked = { ...query, raw: true, ...(tenant === undefined ? {} : { tenant }) }
  const slices = await Promise.all(sources.map(({ store }) => store.readAll(asked)))
  return slices.flatMap(({ events }) => events)
}

/** `SAGA/KEY/RUN/STEP/ORDINAL`, each part encoded, is a command of the saga whose stream is `saga:SAGA-KEY`. */
function sagaStreamOf(commandId: string): string | undefined {
  const [saga, key, run, step, ordinal, ...rest] = commandId.split('/')
  if (saga === undefined || key === undefined || step === undefined || rest.length > 0) return undefined
  if (![run, ordinal].every((part) => /^\d{1,15}$/.test(part ?? ''))) return undefined
  try {
    return `saga:${decodeURIComponent(saga)}-${decodeURIComponent(key)}`
  } catch {
    return undefined
  }
}
