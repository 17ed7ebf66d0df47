import { jsonText } from '../../event/index.ts'
import { CheckpointMoved, FencedOut } from '../errors.ts'
import type { StoredDocument } from '../stored.ts'
import type { PreparedEvent, Unit } from '../unit.ts'
import type { Answer, Appended } from './answer.ts'
import { checkExpect } from './expect.ts'
import { type Batch, emptyBatch, type Found, type NamedPair, type PlacedEvent } from './found.ts'
import { inboxKey, named, pair } from './keys.ts'
import { recheck } from './recheck.ts'
import { meetIds } from './same.ts'
import { checkpointIn, documentIn, epochChanged, eventIn, fenceIn, type View, versionIn } from './view.ts'

export interface Settled {
  readonly answers: readonly Answer[]
  readonly batch: Batch
}

/**
 * Gives each unit, in order of arrival, the answer that it would have had alone after those before it,
 * and everything to write in one batch. Pure: an engine may call it again when its transaction is. `epoch`: in which
 * the store was opened.
 */
export function settle(units: readonly Unit[], found: Found, now: number, epoch: string): Settled {
  const view: View = {
    found,
    epoch,
    batch: emptyBatch(found.revision, now),
    looksUpIds: units.some(looksUpIds),
    appended: new Map(),
  }
  return { answers: units.map((unit) => settleOne(unit, view)), batch: view.batch }
}

/** A fresh id was told to nobody yet, so no other unit can ask for it. */
function looksUpIds({ writes }: Unit): boolean {
  return writes.appends.some(({ events }) => events.some(({ fresh }) => !fresh))
}

/** A unit that is refused leaves the view as it was: all checks come before the first write. */
function settleOne(unit: Unit, view: View): Answer {
  try {
    const missed = unit.kind === 'work' ? recheck(unit, view) : undefined
    if (missed !== undefined) return missed
    const placing = placeEvents(unit, view)
    if ('kind' in placing) return placing
    checkAdvances(unit, view)
    checkFences(unit, view)
    const documents = changedDocuments(unit, view)
    write(unit, view, placing.events, documents)
    return { kind: 'done', appended: placing.appended }
  } catch (error) {
    return { kind: 'failed', error }
  }
}

interface Placing {
  readonly appended: readonly Appended[]
  readonly events: readonly PlacedEvent[]
}

/** Ids are looked at before `expect`, so that a retry after a lost answer is safe whatever its `expect`. */
function placeEvents(unit: Unit, view: View): Placing | Answer {
  const { tenant, writes } = unit
  const versions = new Map<string, number>()
  const events: PlacedEvent[] = []
  const appended: Appended[] = []
  for (const append of writes.appends) {
    const met = meetIds(append.stream, append.events, (id) => eventIn(view, tenant, id))
    if (met !== undefined) {
      return unit.kind === 'append'
        ? { kind: 'duplicate', events: met }
        : { kind: 'miss', key: named(tenant, append.stream), what: `stream "${append.stream}"` }
    }
    const version = versions.get(append.stream) ?? versionIn(view, tenant, append.stream)
    checkExpect(append.stream, append.expect, version)
    const place = { tenant, stream: append.stream, recordedAt: view.batch.now }
    const placed = append.events.map((event, index) =>
      stored(
        event,
        place,
        version + 1 + index,
        view.found.position + view.batch.events.length + events.length + 1 + index,
      ),
    )
    versions.set(append.stream, version + placed.length)
    events.push(...placed)
    appended.push({ events: placed, version: version + placed.length })
  }
  return { appended, events }
}

function stored(
  event: PreparedEvent,
  place: { readonly tenant: string; readonly stream: string; readonly recordedAt: number },
  version: number,
  position: number,
): PlacedEvent {
  return {
    position,
    tenant: place.tenant,
    stream: place.stream,
    version,
    id: event.id,
    type: event.type,
    schemaVersion: event.schemaVersion,
    recordedAt: place.recordedAt,
    data: event.text.data,
    metadata: event.text.metadata,
  }
}

/** Compare and set: an advance does not run again, since another one has done its work. */
function checkAdvances({ tenant, writes }: Unit, view: View): void {
  const moved = new Map<string, number>()
  for (const { name, from, to } of writes.advances) {
    const changed = epochChanged(view, tenant, name)
    if (changed !== undefined) throw changed
    const at = moved.get(name) ?? checkpointIn(view, tenant, name)?.position ?? 0
    if (at !== from) throw new CheckpointMoved(name, from, at)
    moved.set(name, to)
  }
}

function checkFences({ tenant, writes }: Unit, view: View): void {
  for (const { name, token } of writes.fences) {
    const highest = fenceIn(view, tenant, name)
    if (token < highest) throw new FencedOut(name, token, highest)
  }
}

type ChangedDocument = NamedPair & { readonly text: string | undefined }

/** Runs `update`s on what stands now. One that throws fails its own unit only, since nothing is written yet. */
function changedDocuments({ tenant, writes }: Unit, view: View): ReadonlyMap<string, ChangedDocument> {
  const changed = new Map<string, ChangedDocument>()
  for (const change of writes.documents) {
    const { collection, id } = change
    const key = pair(tenant, collection, id)
    const stands = changed.has(key) ? changed.get(key)?.text : documentIn(view, tenant, collection, id)?.value
    const text = 'update' in change ? updated(change, stands) : change.text
    changed.set(key, { key, tenant, name: collection, second: id, text })
  }
  return changed
}

function updated(
  change: {
    readonly collection: string
    readonly id: string
    readonly update: (current: unknown) => unknown
  },
  text: string | undefined,
): string | undefined {
  const next = change.update(text === undefined ? undefined : JSON.parse(text))
  return next === undefined ? undefined : jsonText(next, `document "${change.id}" of "${change.collection}"`)
}

function write(
  unit: Unit,
  view: View,
  events: readonly PlacedEvent[],
  documents: ReadonlyMap<string, ChangedDocument>,
): void {
  const { batch } = view
  for (const [index, event] of events.entries()) {
    batch.events.push(event)
    if (view.looksUpIds) view.appended.set(named(event.tenant, event.id), event)
    // The last one of a run says how far the stream has come.
    if (events[index + 1]?.stream === event.stream) continue
    const key = named(event.tenant, event.stream)
    batch.streams.set(key, { key, tenant: event.tenant, name: event.stream, version: event.version })
  }
  for (const { text, ...place } of documents.values()) {
    const document: StoredDocument | undefined =
      text === undefined ? undefined : { revision: ++batch.revision, value: text }
    batch.documents.set(place.key, { ...place, document })
  }
  if (unit.kind === 'work') writeWork(unit, view)
}

function writeWork({ tenant, writes }: Unit, view: View): void {
  const { batch, found } = view
  for (const { consumer, message } of writes.inbox) {
    const key = inboxKey(tenant, consumer, message)
    const value = 'id' in message ? message.expires : message.version
    batch.inbox.set(key, { key, tenant, name: consumer, message, value })
  }
  for (const { name, to } of writes.advances) {
    const key = named(tenant, name)
    batch.checkpoints.set(key, { key, tenant, name, position: to, epoch: found.epoch })
  }
  for (const { owner, id, timer } of writes.timers) {
    const key = pair(tenant, owner, id)
    const row = timer === undefined ? undefined : { revision: ++batch.revision, ...timer }
    batch.timers.set(key, { key, tenant, name: owner, second: id, timer: row })
  }
  for (const { stream, record } of writes.commands) {
    const key = pair(tenant, stream, record.commandId)
    batch.commands.set(key, { key, tenant, name: stream, second: record.commandId, record })
  }
  for (const { name, token } of writes.fences) {
    const key = named(tenant, name)
    batch.fences.set(key, { key, tenant, name, token })
  }
}
