import { type Command, partsOfStream } from '../aggregate/index.ts'
import type { Message, ReceivedMessage } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import {
  CLOUD_EVENT_TYPE,
  cloudEventText,
  type Envelope,
  fromCloudEvent,
  newId,
  type RecordedEvent,
} from '../event/index.ts'
import { OUTGOING, type Outgoing } from '../store/index.ts'
import { TENANT_HEADER } from './entry.ts'
import { Unprocessable } from './errors.ts'
import type { Routed } from './relay-item.ts'

/** The content type of a command as JSON. */
export const COMMAND_TYPE = 'application/vnd.eventwright.command+json'

export const CONTENT_TYPE = 'content-type'

export interface EventMessageOptions {
  readonly catalog: Pick<Catalog, 'namespaceOf'>
  /** A URI reference that names the service: `/services/shop`. */
  readonly source: string
  /** The log's. */
  readonly epoch: string
}

/** An event as a message: a CloudEvents envelope of the stored profile, keyed by the aggregate's id. */
export function eventMessage(event: RecordedEvent, options: EventMessageOptions): Message {
  const { catalog, source, epoch } = options
  const key = partsOfStream(event.stream).id
  const namespace = catalog.namespaceOf(event.type)
  return {
    id: event.id,
    key,
    headers: headersOf(EVENT_HEADERS, event.tenant),
    value: cloudEventText(event, { source, namespace, epoch, key }),
  }
}

/** A command as a message, keyed by the aggregate's id; its id is the command's, so that a resend is known. */
export function commandMessage(command: Command): Message {
  return {
    id: command.commandId ?? newId(),
    key: command.id,
    headers: headersOf(COMMAND_HEADERS, command.tenant ?? ''),
    value: JSON.stringify(command),
  }
}

/** What `tx.outbox.add` recorded, as the message that it asked for; `undefined` for other events. */
export function outgoingMessage(event: RecordedEvent): Routed | undefined {
  if (event.type !== OUTGOING) return undefined
  // The store wrote it, from what `outbox.add` takes.
  const { topic, id = event.id, key, headers, value } = event.data as Outgoing
  const { tenant } = event
  const all = tenant === '' ? headers : { [TENANT_HEADER]: tenant, ...headers }
  return { topic, message: { id, key, headers: all, value } }
}

/** Those of most messages; frozen, so that a broker may weigh them once. */
const EVENT_HEADERS = Object.freeze({ [CONTENT_TYPE]: CLOUD_EVENT_TYPE })
const COMMAND_HEADERS = Object.freeze({ [CONTENT_TYPE]: COMMAND_TYPE })

function headersOf(plain: Message['headers'], tenant: string): Message['headers'] {
  return tenant === '' ? plain : { ...plain, [TENANT_HEADER]: tenant }
}

/** Reads a message that carries an event. @throws InvalidEnvelope */
export function readEnvelope(message: ReceivedMessage): Envelope {
  return fromCloudEvent(message.value)
}

/**
 * The event of an envelope. What the producer's log did not say is zero, and the time that of publishing:
 * other people's CloudEvents have no version and no position.
 */
export function eventOfEnvelope({ event }: Envelope, message: ReceivedMessage): RecordedEvent {
  const { version = 0, position = 0, recordedAt = message.publishedAt } = event
  return { ...event, version, position, recordedAt }
}

/** True for a message that says it carries a command. */
export function isCommand({ headers }: Pick<ReceivedMessage, 'headers'>): boolean {
  return headers[CONTENT_TYPE] === COMMAND_TYPE
}

/** Reads a message that carries a command. @throws Unprocessable */
export function readCommand(message: ReceivedMessage): Command & { readonly commandId: string } {
  const fields = parseObject(message)
  const text = (name: string): string => {
    const value = fields[name]
    if (typeof value === 'string') return value
    throw new Unprocessable(`the command's "${name}" is not a string: send it as the Command type has it`)
  }
  const optional = ['correlationId', 'causationId', 'tenant', 'compensates', 'saga']
    .filter((name) => fields[name] !== undefined)
    .map((name) => [name, text(name)] as const)
  return {
    type: text('type'),
    aggregate: text('aggregate'),
    id: text('id'),
    commandId: text('commandId'),
    data: fields.data,
    ...Object.fromEntries(optional),
  }
}

function parseObject({ value, id }: ReceivedMessage): { readonly [name: string]: unknown } {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch (cause) {
    throw new Unprocessable(`message ${id} is not JSON: a command is a JSON object`, { cause })
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  throw new Unprocessable(`message ${id} is not a JSON object: a command is one`)
}
