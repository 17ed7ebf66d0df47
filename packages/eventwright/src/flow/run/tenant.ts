import { newId, type StoreEngine } from '@eventwright/core'

const RUNS = 'scenario-runs'

/**
 * A tenant of the store that nothing else has, named for the scenario: scenarios start from an empty store, and a
 * file that is kept holds those of many runs, of several processes too. The second run has `~2` after the name.
 */
export async function freeTenant(engine: StoreEngine, scenario: string): Promise<string> {
  const store = await engine.openStore()
  try {
    const name = nameOf(scenario)
    const run = await store.transaction(async (tx) => {
      const runs = tx.documents<{ readonly count: number }>(RUNS)
      const count = ((await runs.get(name))?.count ?? 0) + 1
      runs.put(name, { count })
      return count
    })
    return run === 1 ? name : `${name}~${run}`
  } finally {
    await store.close()
  }
}

/** A tenant that nothing else can have. */
export function newTenant(scenario: string): string {
  return `${nameOf(scenario)}~${newId()}`
}

function nameOf(scenario: string): string {
  return scenario.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
}
