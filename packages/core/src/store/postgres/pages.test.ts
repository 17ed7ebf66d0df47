import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { EventStore, RecordedEvent } from '../../index.ts'
import { ownEventsIn } from './event-page.ts'
import { postgresStoreEngine } from './store-engine.ts'

/** Several pages, and a rest. */
const COUNT = 1_203
const TYPES = ['Placed', 'With "quotes", commas', 'Zeile\n💡']

/** What escaping, joining or parsing may take for something else. */
function payload(index: number): unknown {
  return [{ n: index }, [], null, '],[', { text: '"\\\n\u2028💡', nested: [[{}]] }, index][index % 6]
}

async function filled(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events = Array.from({ length: COUNT }, (_, index) => ({
    id: index % 2 === 0 ? `id "${index}",\n` : `${index}`,
    type: TYPES[index % TYPES.length] ?? '',
    data: payload(index),
    metadata: index % 3 === 0 ? {} : { correlationId: `c-${index}`, note: '}{' },
  }))
  await store.append('other', [{ type: 'Placed', data: 0 }])
  const long = await store.append('long', events)
  const short = await store.append('long', [{ type: 'Placed', data: 'theirs' }], { tenant: 'theirs' })
  return [...long.events, ...short.events]
}

const bound = fc.option(
  fc.oneof(fc.integer({ min: -1, max: COUNT + 5 }), fc.constantFrom(1, 249, 250, 251, 499, 500, 501, 1_000)),
  { nil: undefined },
)
const direction = fc.constantFrom('forward' as const, 'backward' as const)

for (const version of [18, 14] as const) {
  describe(`pages of PostgreSQL ${version}`, { skip: withoutPostgres() }, () => {
    test('a slice is the same wherever it begins and ends in them', async () => {
      const place = await testDatabase(version)
      const store = await postgresStoreEngine(place.url).openStore()
      const written = await filled(store)
      const own = written.slice(0, COUNT)
      const first = own[0]?.position ?? 0

      await fc.assert(
        fc.asyncProperty(bound, bound, bound, direction, async (from, to, limit, way) => {
          const asked = {
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
            ...(limit === undefined ? {} : { limit }),
            direction: way,
          }
          const inRange = own.filter(
            (event) => event.version >= (from ?? 0) && event.version <= (to ?? Infinity),
          )
          const expected = (way === 'backward' ? inRange.reverse() : inRange).slice(
            0,
            Math.max(0, limit ?? COUNT),
          )
          assert.deepEqual(await store.read('long', asked), { events: expected, version: COUNT })
        }),
        { numRuns: 12, examples: [[undefined, undefined, undefined, 'forward']] },
      )
      await fc.assert(
        fc.asyncProperty(bound, bound, direction, fc.boolean(), async (after, limit, way, some) => {
          const types = TYPES.slice(0, 2)
          const from = first + Math.max(-1, after ?? 0)
          const most = Math.max(0, limit ?? COUNT)
          const slice = await store.readAll({
            after: from,
            limit: most,
            direction: way,
            ...(some ? { types } : {}),
          })
          const inRange = written.filter(
            ({ position, type }) => position > from && (!some || types.includes(type)),
          )
          const expected = (way === 'backward' ? inRange.reverse() : inRange).slice(0, most)
          assert.deepEqual(
            slice.events,
            expected.filter(({ position }) => position > from),
          )
        }),
        { numRuns: 12, examples: [[undefined, undefined, 'forward', false]] },
      )
      await store.close()
      await place.drop()
    })
  })
}

test('a position that JavaScript would round is not given out as another one', () => {
  const one = '[1]'
  const page = {
    first: 1,
    ids: '["a"]',
    types: '["T"]',
    schemaVersions: one,
    times: one,
    data: one,
    metadata: '[{}]',
  }
  assert.equal(ownEventsIn({ ...page, positions: '[9007199254740991]' }, '', 's')[0]?.position, 2 ** 53 - 1)
  assert.throws(() => ownEventsIn({ ...page, positions: '[9007199254740993]' }, '', 's'), RangeError)
})
