import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeEngine } from '@eventwright/core/engines'
import { testDatabase, withoutPostgres } from '../postgres/server.mjs'
import { flood } from './flood.ts'
import { deliveries, type FloodShape, type Input, type Sum } from './inputs.ts'

const shape: FloodShape = { seed: '7', messages: 20_000, duplicates: 0.2, late: 0.1 }

function allOf(of: FloodShape): readonly Input[] {
  return [...deliveries(of, new Map<string, Sum>())]
}

test('of a flood a fifth comes twice and a tenth late, streams keep their order, and a seed repeats it', () => {
  const all = allOf(shape)
  assert.deepEqual(allOf(shape), all)
  assert.notDeepEqual(allOf({ ...shape, seed: '8' }), all)
  const first = [...new Map(all.map((input) => [input.number, input])).values()]
  assert.equal(first.length, shape.messages)
  const twice = (all.length - first.length) / first.length
  assert.ok(twice > 0.18 && twice < 0.22, `${twice} come twice`)
  const late = first.filter(({ number }, at) =>
    first.slice(Math.max(0, at - 50), at).some((one) => one.number > number),
  )
  assert.ok(late.length > 0.08 * first.length, `${late.length} come late`)
  const last = new Map<string, number>()
  for (const { key, version = 0 } of first) {
    assert.ok(version === 0 || version === (last.get(key) ?? 0) + 1, `${key} comes in its order`)
    last.set(key, version)
  }
})

test('20,000 messages with duplicates and late ones through a consumer on PostgreSQL: effects equal inputs', {
  skip: withoutPostgres(),
  timeout: 120_000,
}, async () => {
  const database = await testDatabase()
  try {
    const engine = await storeEngine(database.url)
    const { wrong, published } = await flood({
      ...shape,
      store: engine,
      broker: engine,
      partitions: 6,
      run: 'flood',
    })
    assert.ok(published > 1.15 * shape.messages)
    assert.deepEqual(wrong, [])
  } finally {
    await database.drop()
  }
})
