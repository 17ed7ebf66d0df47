import type { EventStore } from '../store/index.ts'
import { rowId, summaryId } from './lane.ts'
import { PARKED, type ParkedKey, type ParkedSummary } from './parking.ts'
import type { MarkedKey } from './redrive-run.ts'
import { parkedTenants } from './tenants.ts'

const PAGE = 500

/** What is parked of a consumer, over all tenants. */
export async function parkedOf(store: EventStore, consumer: string): Promise<ParkedSummary> {
  const total = { keys: 0, redrives: 0 }
  for (const tenant of await parkedTenants(store)) {
    const summary = await store.documents<ParkedSummary>(PARKED, { tenant }).get(summaryId(consumer))
    total.keys += summary?.keys ?? 0
    total.redrives += summary?.redrives ?? 0
  }
  return total
}

/** Keys of a consumer that are marked to be redriven and not done. */
export async function redrivesLeft(store: EventStore, consumer: string): Promise<number> {
  return (await parkedOf(store, consumer)).redrives
}

/** Those keys, those marked first before the others. */
export async function markedKeys(store: EventStore, consumer: string): Promise<readonly MarkedKey[]> {
  const marked: MarkedKey[] = []
  for (const tenant of await parkedTenants(store)) {
    for (const row of await parkedKeys(store, consumer, tenant)) if (row.redrive) marked.push({ tenant, row })
  }
  return marked.sort((a, b) => (a.row.redrive?.marked ?? 0) - (b.row.redrive?.marked ?? 0))
}

/** The parked keys of a consumer and tenant. */
export async function parkedKeys(
  store: EventStore,
  consumer: string,
  tenant: string,
): Promise<readonly ParkedKey[]> {
  const rows = store.documents<ParkedKey>(PARKED, { tenant })
  const found: ParkedKey[] = []
  for (let after: string | undefined; ; ) {
    const page = await rows.list({
      prefix: rowId(consumer, ''),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page.map(({ value }) => value))
    if (page.length < PAGE) return found
    after = page.at(-1)?.id
  }
}

const BEHIND_ALL = '\u{10FFFF}'

/** The consumers that have something parked for a tenant. */
export async function parkedConsumers(store: EventStore, tenant: string): Promise<readonly string[]> {
  return (await summaries(store, tenant)).map(({ id }) => decodeURIComponent(id))
}

/** By the id of a consumer's summary: the keys that are marked to be redriven and not done, over all tenants. */
export async function allRedrives(store: EventStore): Promise<ReadonlyMap<string, number>> {
  const all = new Map<string, number>()
  for (const tenant of await parkedTenants(store)) {
    for (const { id, value } of await summaries(store, tenant)) {
      all.set(id, (all.get(id) ?? 0) + value.redrives)
    }
  }
  return all
}

interface Summary {
  readonly id: string
  readonly value: ParkedSummary
}

/** What consumers have parked for a tenant, each as a whole. */
async function summaries(store: EventStore, tenant: string): Promise<readonly Summary[]> {
  const rows = store.documents<ParkedSummary>(PARKED, { tenant })
  const found: Summary[] = []
  for (let after: string | undefined; ; ) {
    const [next] = await rows.list({ limit: 1, ...(after === undefined ? {} : { after }) })
    if (!next) return found
    const [name = ''] = next.id.split('/')
    const isSummary = name === next.id
    if (isSummary) found.push(next)
    after = isSummary ? name : `${name}/${BEHIND_ALL}`
  }
}
