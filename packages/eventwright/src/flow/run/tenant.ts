import type { StoreEngine } from '@eventwright/core'

/**
 * A tenant of the store that holds nothing yet, named for the scenario: scenarios start from an empty store,
 * and a file that is kept holds those of many runs.
 */
export async function freeTenant(engine: StoreEngine, scenario: string): Promise<string> {
  const store = await engine.openStore()
  try {
    const name = scenario.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    for (let run = 1; ; run++) {
      const tenant = run === 1 ? name : `${name}~${run}`
      const { events } = await store.readAll({ tenant, limit: 1 })
      if (events.length === 0) return tenant
    }
  } finally {
    await store.close()
  }
}
