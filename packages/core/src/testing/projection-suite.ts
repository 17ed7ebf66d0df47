import { suite, test } from 'node:test'
import { asynchronous } from './projection/asynchronous.ts'
import { inline } from './projection/inline.ts'
import type { ProjectionPlace } from './projection/place.ts'
import { processes } from './projection/processes.ts'
import { versions } from './projection/versions.ts'

export type { ProjectionPlace } from './projection/place.ts'

/**
 * What projections promise on a store engine, as tests of `node:test`. `makePlace` gives each test an empty
 * place of its own.
 */
export function projectionSuite(engine: string, makePlace: () => Promise<ProjectionPlace>): void {
  suite(`projections on ${engine}`, { concurrency: 4 }, () => {
    for (const [name, promise] of Object.entries({ ...asynchronous, ...processes, ...versions, ...inline })) {
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
