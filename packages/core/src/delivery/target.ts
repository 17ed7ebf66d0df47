import type { EventStore } from '../store/index.ts'
import { NotParked } from './errors.ts'
import { laneOf, rowId } from './lane.ts'
import { parkedConsumers, parkedKeys } from './marked.ts'
import { DEAD, PARKED, type ParkedKey, type ParkedMessage } from './parking.ts'
import { parkedTenants } from './tenants.ts'

/** Names what is listed, redriven or dropped: one key, the key of one dead letter, all of a consumer, or all. */
export interface DeadLetterTarget {
  /** Default all. */
  readonly consumer?: string
  readonly key?: string
  /** A dead letter's id. */
  readonly id?: string
  /** Default all. */
  readonly tenant?: string
}

/** A parked key and the tenant that it is parked for. */
export interface ParkedRow {
  readonly tenant: string
  readonly row: ParkedKey
}

/** The parked keys that are meant, tenant by tenant. */
export async function parkedRows(store: EventStore, target: DeadLetterTarget): Promise<readonly ParkedRow[]> {
  const found: ParkedRow[] = []
  for (const tenant of await tenantsOfTarget(store, target)) {
    for (const row of await rowsIn(store, target, tenant)) found.push({ tenant, row })
  }
  return found
}

/** The same. @throws NotParked where a key or id was named that is not parked */
export async function namedRows(store: EventStore, target: DeadLetterTarget): Promise<readonly ParkedRow[]> {
  const found = await parkedRows(store, target)
  if (found.length === 0 && (target.key !== undefined || target.id !== undefined))
    throw new NotParked(nameOf(target))
  return found
}

/** A target in words. */
export function nameOf({ consumer, key, id }: DeadLetterTarget): string {
  const of = consumer === undefined ? '' : ` of consumer "${consumer}"`
  return id === undefined ? `parked key "${key}"${of}` : `dead letter "${id}"${of}`
}

export async function tenantsOfTarget(
  store: EventStore,
  { tenant }: DeadLetterTarget,
): Promise<readonly string[]> {
  return tenant === undefined ? parkedTenants(store) : [tenant]
}

async function rowsIn(
  store: EventStore,
  { consumer, key, id }: DeadLetterTarget,
  tenant: string,
): Promise<readonly ParkedKey[]> {
  if (id !== undefined) return rowOfLetter(store, id, consumer, tenant)
  const consumers = consumer === undefined ? await parkedConsumers(store, tenant) : [consumer]
  const rows: ParkedKey[] = []
  for (const name of consumers) {
    rows.push(
      ...(key === undefined
        ? await parkedKeys(store, name, tenant)
        : await rowsOfKey(store, name, key, tenant)),
    )
  }
  return rows
}

async function rowOfLetter(
  store: EventStore,
  id: string,
  consumer: string | undefined,
  tenant: string,
): Promise<readonly ParkedKey[]> {
  const letter = await store.documents<ParkedMessage>(DEAD, { tenant }).get(id)
  if (!letter || (consumer !== undefined && letter.consumer !== consumer)) return []
  const row = await store.documents<ParkedKey>(PARKED, { tenant }).get(rowId(letter.consumer, letter.lane))
  return row ? [row] : []
}

/** A relay keeps a key once for each topic, so there it is looked for among all that are parked. */
async function rowsOfKey(
  store: EventStore,
  consumer: string,
  key: string,
  tenant: string,
): Promise<readonly ParkedKey[]> {
  const row = await store.documents<ParkedKey>(PARKED, { tenant }).get(rowId(consumer, laneOf(key, '', 0)))
  if (row) return [row]
  return (await parkedKeys(store, consumer, tenant)).filter((parked) => parked.key === key)
}
