import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ExpectedEvent, JsonObject } from '../model/index.ts'
import type { HappenedEvent } from './happened.ts'
import { matchEvents } from './match-events.ts'

const place = { file: 'a.flow.yaml', line: 1, column: 1, length: 1 }

function expected(event: string, data: JsonObject = {}): ExpectedEvent {
  return { event, data, place }
}

function log(
  ...events: readonly (readonly [stream: string, type: string, data?: JsonObject])[]
): HappenedEvent[] {
  return events.map(([stream, type, data], index) => ({
    id: `e-${index}`,
    type,
    service: 'shop',
    stream,
    version: events.slice(0, index + 1).filter(([one]) => one === stream).length,
    position: index + 1,
    at: index,
    data: data ?? {},
  }))
}

const noCauses: ReadonlyMap<string, readonly string[]> = new Map()

test('events of one stream must come in the order of the list', () => {
  const happened = log(['a', 'Placed'], ['a', 'Paid'])
  assert.equal(matchEvents([expected('Placed'), expected('Paid')], happened, noCauses).fits, true)
  const other = matchEvents([expected('Paid'), expected('Placed')], happened, noCauses)
  assert.equal(other.fits, false)
  assert.equal(other.missing?.event, 'Paid')
})

test('events of streams that do not cause each other may come in any order', () => {
  const happened = log(['a', 'Placed'], ['b', 'Screened'], ['c', 'Reserved'])
  for (const order of [
    ['Placed', 'Screened', 'Reserved'],
    ['Reserved', 'Placed', 'Screened'],
  ]) {
    assert.equal(
      matchEvents(
        order.map((name) => expected(name)),
        happened,
        noCauses,
      ).fits,
      true,
    )
  }
})

test('a cause comes before its effect, across streams', () => {
  const happened = log(['a', 'Placed'], ['b', 'Screened'])
  const causes = new Map([['e-1', ['e-0']]])
  assert.equal(matchEvents([expected('Placed'), expected('Screened')], happened, causes).fits, true)
  assert.equal(matchEvents([expected('Screened'), expected('Placed')], happened, causes).fits, false)
})

test('the list is complete: an event that is not on it is unexpected', () => {
  const match = matchEvents([expected('Placed')], log(['a', 'Placed'], ['b', 'Screened']), noCauses)
  assert.equal(match.fits, false)
  assert.equal(match.missing, undefined)
  assert.deepEqual(
    match.unexpected.map(({ type }) => type),
    ['Screened'],
  )
})

test('payloads are matched as subsets, and the search goes back where the first choice was wrong', () => {
  const happened = log(
    ['a', 'Added', { sku: 'mug', quantity: 1 }],
    ['b', 'Added', { sku: 'tea', quantity: 2 }],
  )
  const list = [expected('Added', {}), expected('Added', { sku: 'mug' })]
  assert.equal(matchEvents(list, happened, noCauses).fits, true)
  assert.equal(matchEvents([...list, expected('Added', { sku: 'mug' })], happened, noCauses).fits, false)
})

test('any order that respects streams and causes fits; swapping cause and effect does not', () => {
  const streams = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(streams, fc.infiniteStream(fc.nat(100)), (names, seeds) => {
      const happened = log(...names.map((stream, index) => [stream, `E${index}`] as const))
      const causes = new Map(
        happened.slice(1).map(({ id }, index) => [id, [`e-${(seeds.next().value ?? 0) % (index + 1)}`]]),
      )
      const order = linearExtension(happened, causes, () => seeds.next().value ?? 0)
      assert.equal(
        matchEvents(
          order.map(({ type }) => expected(type)),
          happened,
          causes,
        ).fits,
        true,
      )
      const [effect] = happened.slice(-1)
      const late = order.filter((event) => event !== effect)
      const wrong = [effect, ...late].flatMap((event) => (event ? [expected(event.type)] : []))
      assert.equal(matchEvents(wrong, happened, causes).fits, false)
    }),
    { numRuns: 100 },
  )
})

function linearExtension(
  happened: readonly HappenedEvent[],
  causes: ReadonlyMap<string, readonly string[]>,
  pick: () => number,
): readonly HappenedEvent[] {
  const order: HappenedEvent[] = []
  const isReady = (event: HappenedEvent): boolean =>
    !order.includes(event) &&
    (causes.get(event.id) ?? []).every((id) => order.some((one) => one.id === id)) &&
    happened.every(
      (one) => one.stream !== event.stream || one.position >= event.position || order.includes(one),
    )
  while (order.length < happened.length) {
    const ready = happened.filter(isReady)
    const next = ready[pick() % ready.length]
    if (next) order.push(next)
  }
  return order
}
