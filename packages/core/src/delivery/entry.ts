import type { ReceivedMessage } from '../broker/index.ts'
import { checkTenant } from '../store/index.ts'
import type { Attempt } from './attempts.ts'
import { type Reason, reasonOf } from './errors.ts'
import { laneOf, sourceOf } from './lane.ts'
import type { ConsumerOptions, Parsed } from './message.ts'
import type { Arrival } from './parking.ts'

/** Where a message's tenant stands beside the envelope, for messages whose envelope cannot be read. */
export const TENANT_HEADER = 'tenantid'

/** A message that cannot be read. */
interface Broken {
  readonly kind: 'broken'
  readonly tenant: string
  readonly reason: Reason
}

/** A message in flight. */
export interface Entry<Value> {
  readonly message: ReceivedMessage
  readonly key: string | null
  readonly lane: string
  readonly parsed: Parsed<Value> | Broken
  attempt: Attempt | undefined
}

export function entryOf<Value>(
  message: ReceivedMessage,
  options: ConsumerOptions<Value>,
  attempt: Attempt | undefined,
): Entry<Value> {
  const key = options.keyOf ? options.keyOf(message) : message.key
  const lane = laneOf(key, sourceOf(message), message.offset)
  return { message, key, lane, parsed: parse(message, options), attempt }
}

function parse<Value>(message: ReceivedMessage, options: ConsumerOptions<Value>): Parsed<Value> | Broken {
  try {
    const parsed = options.parse(message)
    if (parsed.kind !== 'pass') checkTenant(parsed.tenant)
    return parsed
  } catch (error) {
    return { kind: 'broken', tenant: tenantIn(message), reason: reasonOf(error) }
  }
}

/** One that no store takes is nobody's: what it sent is parked all the same. */
function tenantIn({ headers }: ReceivedMessage): string {
  const tenant = headers[TENANT_HEADER] ?? ''
  try {
    checkTenant(tenant)
    return tenant
  } catch {
    return ''
  }
}

export function tenantOf(entry: Entry<unknown>): string {
  return entry.parsed.kind === 'pass' ? '' : entry.parsed.tenant
}

export function arrivalOf(entry: Entry<unknown>, consumer: string): Arrival {
  const { key, lane, message } = entry
  return { consumer, key, lane, source: sourceOf(message), offset: message.offset, messages: [message] }
}
