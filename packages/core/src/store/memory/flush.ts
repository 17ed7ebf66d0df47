import { type Batch, type Found, isEmpty, type Needs, named } from '../settle/index.ts'
import { emptyCollection, inRange, write } from './collection.ts'
import type { MemoryData } from './data.ts'

export function load(data: MemoryData, needs: Needs): Found {
  return {
    epoch: data.epoch,
    position: data.log.at(-1)?.position ?? 0,
    revision: data.revision,
    streams: pick(needs.streams, (key) => data.streams.get(key)?.length),
    events: pick(needs.events, (key) => data.ids.get(key)),
    documents: pick(needs.documents, (_, { tenant, name, second }) =>
      data.collections.get(named(tenant, name))?.documents.get(second),
    ),
    lists: pick(needs.lists, (_, { tenant, name, range }) =>
      inRange(data.collections.get(named(tenant, name)) ?? emptyCollection(), range),
    ),
    inbox: pick(needs.inbox, (key) => data.inbox.get(key)),
    checkpoints: pick(needs.checkpoints, (key) => data.checkpoints.get(key)),
    commands: new Set(pick(needs.commands, (key) => data.commands.get(key)).keys()),
    timers: pick(needs.timers, (key) => data.timers.get(key)),
    fences: pick(needs.fences, (key) => data.fences.get(key)),
  }
}

function pick<Need, Value>(
  needs: ReadonlyMap<string, Need>,
  find: (key: string, need: Need) => Value | undefined,
): Map<string, Value> {
  const found = new Map<string, Value>()
  for (const [key, need] of needs) {
    const value = find(key, need)
    if (value !== undefined) found.set(key, value)
  }
  return found
}

export function save(data: MemoryData, batch: Batch): void {
  if (isEmpty(batch)) return
  data.revision = batch.revision
  saveEvents(data, batch)
  for (const { tenant, name, second, document } of batch.documents.values()) {
    const key = named(tenant, name)
    const collection = data.collections.get(key) ?? emptyCollection()
    data.collections.set(key, collection)
    write(collection, second, document)
  }
  for (const [key, { message, value }] of batch.inbox) {
    data.inbox.set(key, value)
    if ('id' in message) data.expiring.set(key, value)
  }
  forgetExpired(data, batch)
  for (const [key, { position, epoch }] of batch.checkpoints) data.checkpoints.set(key, { position, epoch })
  for (const [key, { record }] of batch.commands) data.commands.set(key, record)
  for (const [key, { tenant, name, second, timer }] of batch.timers) {
    if (timer === undefined) data.timers.delete(key)
    else data.timers.set(key, { ...timer, tenant, owner: name, id: second })
  }
  for (const [key, { token }] of batch.fences) data.fences.set(key, token)
}

function saveEvents(data: MemoryData, batch: Batch): void {
  for (const event of batch.events) {
    const key = named(event.tenant, event.stream)
    const stream = data.streams.get(key)
    if (stream === undefined) data.streams.set(key, [event])
    else stream.push(event)
    data.log.push(event)
    data.ids.set(named(event.tenant, event.id), event)
  }
}

/** A few of the oldest with each flush that adds ids, so that no flush has much to do. */
function forgetExpired(data: MemoryData, batch: Batch): void {
  let looks = 2 * batch.inbox.size
  for (const [key, expires] of data.expiring) {
    if (looks-- === 0) return
    if (expires > batch.now) return
    data.expiring.delete(key)
    data.inbox.delete(key)
  }
}
