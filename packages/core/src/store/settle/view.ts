import { EpochChanged } from '../errors.ts'
import type { StoredCheckpoint, StoredDocument, StoredEvent } from '../stored.ts'
import type { InboxMessage } from '../transaction.ts'
import type { DocumentRange } from '../unit.ts'
import { compareUtf8 } from '../utf8.ts'
import type { Batch, Found } from './found.ts'
import { inboxKey, named, pair } from './keys.ts'

/** What the engine found, with what earlier units of the flush have put over it. */
export interface View {
  readonly found: Found
  /** In which the store was opened. */
  readonly epoch: string
  readonly batch: Batch
  /** True when a unit of the flush asks whether an event is there already. */
  readonly looksUpIds: boolean
  /** Then: events of this flush by key of their id. */
  readonly appended: Map<string, StoredEvent>
}

export function versionIn({ found, batch }: View, tenant: string, stream: string): number {
  const key = named(tenant, stream)
  return batch.streams.get(key)?.version ?? found.streams.get(key) ?? 0
}

export function eventIn({ found, appended }: View, tenant: string, id: string): StoredEvent | undefined {
  const key = named(tenant, id)
  return appended.get(key) ?? found.events.get(key)
}

export function documentIn(
  { found, batch }: View,
  tenant: string,
  collection: string,
  id: string,
): StoredDocument | undefined {
  const key = pair(tenant, collection, id)
  const written = batch.documents.get(key)
  return written === undefined ? found.documents.get(key) : written.document
}

/**
 * True when a unit of this flush has changed what a listing of this range shows. `last` is the end of a
 * full page, which only changes by what comes before it.
 */
export function rangeTouched(
  { found, batch }: View,
  tenant: string,
  collection: string,
  range: DocumentRange,
  last: string | undefined,
): boolean {
  if (range.limit === 0) return false
  for (const [key, written] of batch.documents) {
    if (written.tenant !== tenant || written.name !== collection) continue
    if (written.document?.revision === found.documents.get(key)?.revision) continue
    const id = written.second
    if (!id.startsWith(range.prefix)) continue
    if (range.after !== '' && compareUtf8(id, range.after) <= 0) continue
    if (last === undefined || compareUtf8(id, last) <= 0) return true
  }
  return false
}

/** Whether an inbox would take the message now; a mark takes later versions, an id is taken once while it is kept. */
export function wouldAccept(message: InboxMessage, kept: number | undefined, now: number): boolean {
  if (kept === undefined) return true
  return 'id' in message ? kept <= now : message.version > kept
}

export function acceptsIn(
  { found, batch }: View,
  tenant: string,
  consumer: string,
  message: InboxMessage,
): boolean {
  const key = inboxKey(tenant, consumer, message)
  return wouldAccept(message, batch.inbox.get(key)?.value ?? found.inbox.get(key), batch.now)
}

export function checkpointIn(
  { found, batch }: View,
  tenant: string,
  name: string,
): StoredCheckpoint | undefined {
  const key = named(tenant, name)
  return batch.checkpoints.get(key) ?? found.checkpoints.get(key)
}

/**
 * A store that was opened in another epoch has read other positions, so it moves no checkpoint: neither one that is of
 * the new epoch, nor one that is not there yet.
 */
export function epochChanged(view: View, tenant: string, name: string): EpochChanged | undefined {
  const { found, epoch } = view
  const theirs = [checkpointIn(view, tenant, name)?.epoch ?? epoch, found.epoch].find((one) => one !== epoch)
  return theirs === undefined ? undefined : new EpochChanged(name, theirs, epoch)
}

export function commandKnown(
  { found, batch }: View,
  tenant: string,
  stream: string,
  commandId: string,
): boolean {
  const key = pair(tenant, stream, commandId)
  return batch.commands.has(key) || found.commands.has(key)
}

export function timerRevision({ found, batch }: View, tenant: string, owner: string, id: string): number {
  const key = pair(tenant, owner, id)
  const written = batch.timers.get(key)
  return (written === undefined ? found.timers.get(key) : written.timer)?.revision ?? 0
}

export function fenceIn({ found, batch }: View, tenant: string, name: string): number {
  const key = named(tenant, name)
  return batch.fences.get(key)?.token ?? found.fences.get(key) ?? 0
}
