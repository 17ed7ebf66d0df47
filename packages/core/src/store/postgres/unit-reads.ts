import type { UnitEngine } from '../engine.ts'
import { inboxKey, type NamedPair, pair } from '../settle/index.ts'
import { documentsInRange } from './documents.ts'
import { lookUpOne, type Reader } from './look-up.ts'
import * as find from './lookups.ts'
import { streamSlice, versionOf } from './stream-slice.ts'
import type { Tables } from './tables.ts'

/** What the work of a unit reads, over the connections of a database or over one that is in a transaction. */
export function unitReads(reader: Reader, tables: Tables): Omit<UnitEngine, 'url' | 'resource' | 'epoch'> {
  return {
    version: (tenant, stream) => versionOf(reader, tables, tenant, stream),
    stream: (tenant, stream, range) => streamSlice(reader, tables, tenant, stream, range),
    async eventsById(tenant, ids) {
      const needs = new Map(ids.map((id) => [id, find.oneName(tenant, id)]))
      return [...(await find.eventsById(reader, tables, needs)).values()]
    },
    document: (tenant, collection, id) =>
      lookUpOne((needs) => find.documentsByName(reader, tables, needs), onePair(tenant, collection, id)),
    documents: (tenant, collection, range) =>
      documentsInRange(reader, tables, { tenant, name: collection, range }),
    inbox: (tenant, consumer, message) =>
      lookUpOne((needs) => find.inboxValues(reader, tables, needs), {
        key: inboxKey(tenant, consumer, message),
        tenant,
        name: consumer,
        message,
      }),
    checkpoint: (tenant, name) =>
      lookUpOne((needs) => find.checkpointsByName(reader, tables, needs), find.oneName(tenant, name)),
    command: (tenant, stream, commandId) =>
      lookUpOne((needs) => find.commandsByName(reader, tables, needs), onePair(tenant, stream, commandId)),
    timer: (tenant, owner, id) =>
      lookUpOne((needs) => find.timersByName(reader, tables, needs), onePair(tenant, owner, id)),
  }
}

function onePair(tenant: string, name: string, second: string): NamedPair {
  return { key: pair(tenant, name, second), tenant, name, second }
}
