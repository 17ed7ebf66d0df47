import type { EventStore } from '../store/index.ts'
import { part } from './lane.ts'

/** Tenants for which something was ever parked: kept under the default tenant, so that all can be listed. */
const TENANTS = 'eventwright.tenants'
const PAGE = 1000

export interface Tenants {
  /** Durable before anything of the tenant is parked. */
  remember(tenant: string): Promise<void>
}

export function tenantsOf(store: EventStore): Tenants {
  const known = new Set([''])
  return {
    async remember(tenant) {
      if (known.has(tenant)) return
      await store.transaction((tx) => tx.documents(TENANTS).put(part(tenant), { tenant }))
      known.add(tenant)
    },
  }
}

/** All tenants that may have something parked, the default one first. */
export async function parkedTenants(store: EventStore): Promise<readonly string[]> {
  const tenants = ['']
  for (let after: string | undefined; ; ) {
    const page = await store
      .documents<{ tenant: string }>(TENANTS)
      .list({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    tenants.push(...page.map(({ value }) => value.tenant))
    if (page.length < PAGE) return tenants
    after = page.at(-1)?.id
  }
}
