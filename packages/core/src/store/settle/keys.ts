import { keyOf } from '../key.ts'
import type { InboxMessage } from '../transaction.ts'
import type { DocumentRange } from '../unit.ts'

/** Keys of one kind of thing each; they do not meet across kinds, since each kind has a map of its own. */
export const named = (tenant: string, name: string): string => `${tenant}\0${name}`

export const pair = (tenant: string, name: string, second: string): string => `${tenant}\0${name}\0${second}`

export const inboxKey = (tenant: string, consumer: string, message: InboxMessage): string =>
  'id' in message
    ? keyOf(tenant, consumer, 'id', message.id)
    : keyOf(tenant, consumer, 'mark', message.topic, message.epoch, message.stream)

export const listKey = (tenant: string, collection: string, range: DocumentRange): string =>
  keyOf(tenant, collection, range.prefix, range.after, String(range.limit))
