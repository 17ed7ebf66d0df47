import { suite, test } from 'node:test'
import { outcomes } from './saga/outcomes.ts'
import type { SagaPlace } from './saga/place.ts'
import { processes } from './saga/processes.ts'
import { times } from './saga/times.ts'

export type { SagaPlace } from './saga/place.ts'

/**
 * The contract of sagas on a store and a broker, as tests of `node:test`: real aggregates, relay and
 * consumers, and a clock that the tests move. `makePlace` gives each test a place of its own.
 */
export function sagaSuite(engines: string, makePlace: () => Promise<SagaPlace>): void {
  suite(`sagas on ${engines}`, { concurrency: 4 }, () => {
    for (const [name, promise] of Object.entries({ ...outcomes, ...times, ...processes })) {
      test(name, { timeout: 120_000 }, async () => {
        const place = await makePlace()
        try {
          await promise(place)
        } finally {
          await place.dispose()
        }
      })
    }
  })
}
