import type { UnitEngine } from '../engine.ts'
import { inboxKey, type Named, type NamedPair, type Needs, pair } from '../settle/index.ts'
import { documentsInRange } from './documents.ts'
import { type Reader, together } from './look-up.ts'
import * as find from './lookups.ts'
import { streamReader, versionReader } from './stream-slices.ts'
import type { Tables } from './tables.ts'

/** What the work of a unit reads, over the connections of a database or over one that is in a transaction. */
export function unitReads(reader: Reader, tables: Tables): Omit<UnitEngine, 'url' | 'resource' | 'epoch'> {
  const document = together((needs: Pairs) => find.documentsByName(reader, tables, needs))
  const inbox = together((needs: Needs['inbox']) => find.inboxValues(reader, tables, needs))
  const checkpoint = together((needs: Names) => find.checkpointsByName(reader, tables, needs))
  const command = together((needs: Pairs) => find.commandsByName(reader, tables, needs))
  const timer = together((needs: Pairs) => find.timersByName(reader, tables, needs))
  return {
    distant: true,
    version: versionReader(reader, tables),
    stream: streamReader(reader, tables),
    async eventsById(tenant, ids) {
      const needs = new Map(ids.map((id) => [id, find.oneName(tenant, id)]))
      return [...(await find.eventsById(reader, tables, needs)).values()]
    },
    document: (tenant, collection, id) => document(onePair(tenant, collection, id)),
    documents: (tenant, collection, range) =>
      documentsInRange(reader, tables, { tenant, name: collection, range }),
    inbox: (tenant, consumer, message) =>
      inbox({ key: inboxKey(tenant, consumer, message), tenant, name: consumer, message }),
    checkpoint: (tenant, name) => checkpoint(find.oneName(tenant, name)),
    command: (tenant, stream, commandId) => command(onePair(tenant, stream, commandId)),
    timer: (tenant, owner, id) => timer(onePair(tenant, owner, id)),
  }
}

type Names = ReadonlyMap<string, Named>
type Pairs = ReadonlyMap<string, NamedPair>

function onePair(tenant: string, name: string, second: string): NamedPair {
  return { key: pair(tenant, name, second), tenant, name, second }
}
