import { AsyncLocalStorage } from 'node:async_hooks'
import { type CommitListener, newsIn } from '../commit-news.ts'
import type { Engine, StreamRange } from '../engine.ts'
import { tellAll } from '../listeners.ts'
import { inboxKey, isEmpty, named, pair } from '../settle/index.ts'
import { recorded, type StoredEvent } from '../stored.ts'
import type { StoredTimer, TimerQuery } from '../timers.ts'
import { emptyCollection, inRange } from './collection.ts'
import type { MemoryData } from './data.ts'
import { load, save } from './flush.ts'
import { memoryLeases } from './leases.ts'
import { logSlice } from './log.ts'
import { viewOf } from './view.ts'

export function memoryEngine(url: string, data: MemoryData, resource: object): Engine {
  const listening = new Set<CommitListener>()
  return {
    url,
    resource,
    epoch: data.epoch,
    async flush(needs, settle, options) {
      const batch = settle(load(data, needs))
      if (isEmpty(batch)) return
      save(data, batch)
      if (options?.quiet) return
      data.commits++
      tellAll(data.listeners, newsIn(batch))
    },
    version: async (tenant, stream) => data.streams.get(named(tenant, stream))?.length ?? 0,
    async stream(tenant, stream, range) {
      const all = data.streams.get(named(tenant, stream)) ?? []
      return { events: sliceOf(all, range).map(recorded), version: all.length }
    },
    log: async (query) => logSlice(data.log, query),
    head: async () => data.log.at(-1)?.position ?? 0,
    async eventsById(tenant, ids) {
      return ids.flatMap((id) => data.ids.get(named(tenant, id)) ?? [])
    },
    document: async (tenant, collection, id) =>
      data.collections.get(named(tenant, collection))?.documents.get(id),
    documents: async (tenant, collection, range) =>
      inRange(data.collections.get(named(tenant, collection)) ?? emptyCollection(), range),
    view: async (query) => viewOf(data, query),
    inbox: async (tenant, consumer, message) => data.inbox.get(inboxKey(tenant, consumer, message)),
    checkpoint: async (tenant, name) => data.checkpoints.get(named(tenant, name)),
    command: async (tenant, stream, commandId) => data.commands.get(pair(tenant, stream, commandId)),
    timer: async (tenant, owner, id) => data.timers.get(pair(tenant, owner, id)),
    timers: async (query) => dueTimers(data, query),
    leases: memoryLeases(data),
    commits: async () => data.commits,
    onCommit(listener) {
      // Called as whoever registered it, not as the unit of work that happens to commit.
      const own: CommitListener = AsyncLocalStorage.bind((news) => listener(news))
      listening.add(own)
      data.listeners.add(own)
      return () => {
        listening.delete(own)
        data.listeners.delete(own)
      }
    },
    async close() {
      for (const listener of listening) data.listeners.delete(listener)
    },
  }
}

function sliceOf(
  all: readonly StoredEvent[],
  { from, to, limit, backward }: StreamRange,
): readonly StoredEvent[] {
  const range = all.slice(from - 1, Math.max(from - 1, to))
  return (backward ? range.reverse() : range).slice(0, limit)
}

function dueTimers(data: MemoryData, { owner, until, limit }: TimerQuery): readonly StoredTimer[] {
  return [...data.timers.values()]
    .filter(
      (timer) =>
        (owner === undefined || timer.owner === owner) && (until === undefined || timer.due <= until),
    )
    .sort((a, b) => a.due - b.due || a.revision - b.revision)
    .slice(0, limit)
    .map(({ tenant, owner: its, id, due, data: text }) => ({
      tenant,
      owner: its,
      id,
      due,
      data: JSON.parse(text),
    }))
}
