import type { InboxMessage } from '../transaction.ts'
import type { DocumentRange, Unit } from '../unit.ts'
import type { Named, NamedPair, Needs } from './found.ts'
import { inboxKey, listKey, named, pair } from './keys.ts'

interface Gathering {
  readonly streams: Map<string, Named>
  readonly events: Map<string, Named>
  readonly documents: Map<string, NamedPair>
  readonly lists: Map<string, Named & { readonly range: DocumentRange }>
  readonly inbox: Map<string, Named & { readonly message: InboxMessage }>
  readonly checkpoints: Map<string, Named>
  readonly commands: Map<string, NamedPair>
  readonly timers: Map<string, NamedPair>
  readonly fences: Map<string, Named>
}

/** Everything that these units read or write. */
export function needsOf(units: readonly Unit[]): Needs {
  const needs: Gathering = {
    streams: new Map(),
    events: new Map(),
    documents: new Map(),
    lists: new Map(),
    inbox: new Map(),
    checkpoints: new Map(),
    commands: new Map(),
    timers: new Map(),
    fences: new Map(),
  }
  for (const unit of units) {
    addAppends(needs, unit)
    if (unit.kind === 'work') addWork(needs, unit)
  }
  return needs
}

function addName(into: Map<string, Named>, tenant: string, name: string): void {
  const key = named(tenant, name)
  if (!into.has(key)) into.set(key, { key, tenant, name })
}

function addPair(into: Map<string, NamedPair>, tenant: string, name: string, second: string): void {
  const key = pair(tenant, name, second)
  if (!into.has(key)) into.set(key, { key, tenant, name, second })
}

function addAppends(needs: Gathering, { tenant, writes }: Unit): void {
  for (const append of writes.appends) {
    addName(needs.streams, tenant, append.stream)
    for (const event of append.events) if (!event.fresh) addName(needs.events, tenant, event.id)
  }
}

function addWork(needs: Gathering, { tenant, reads, writes }: Unit): void {
  for (const stream of reads.streams.keys()) addName(needs.streams, tenant, stream)
  for (const read of reads.documents) addPair(needs.documents, tenant, read.collection, read.id)
  for (const write of writes.documents) addPair(needs.documents, tenant, write.collection, write.id)
  for (const { collection, range } of reads.lists) {
    const key = listKey(tenant, collection, range)
    needs.lists.set(key, { key, tenant, name: collection, range })
  }
  for (const { consumer, message } of [...reads.inbox, ...writes.inbox]) {
    const key = inboxKey(tenant, consumer, message)
    needs.inbox.set(key, { key, tenant, name: consumer, message })
  }
  for (const name of reads.checkpoints.keys()) addName(needs.checkpoints, tenant, name)
  for (const { name } of writes.advances) addName(needs.checkpoints, tenant, name)
  for (const read of reads.commands) addPair(needs.commands, tenant, read.stream, read.commandId)
  for (const write of writes.commands) {
    addName(needs.streams, tenant, write.stream)
    addPair(needs.commands, tenant, write.stream, write.record.commandId)
  }
  for (const read of reads.timers) addPair(needs.timers, tenant, read.owner, read.id)
  for (const write of writes.timers) addPair(needs.timers, tenant, write.owner, write.id)
  for (const { name } of writes.fences) addName(needs.fences, tenant, name)
}
