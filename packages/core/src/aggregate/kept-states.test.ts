import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalog } from '../catalog/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { buildAggregate, loadAggregate, streamOf } from './index.ts'

const catalog = createCatalog<{ Added: { amount: number } }>({ namespace: 'test' })

function counter() {
  let folded = 0
  const aggregate = buildAggregate(catalog, 'counter', { sum: 0, amounts: [] as number[] })
    .decide({ add: (_state, data: { amount: number }) => ({ type: 'Added', data }) })
    .evolve({
      Added: (state, { data }) => {
        folded++
        // Against the rules, and without harm: what is kept is a copy.
        state.amounts.push(data.amount)
        return { sum: state.sum + data.amount, amounts: state.amounts }
      },
    })
  return { aggregate, folded: () => folded }
}

const sum = (length: number): number => (length * (length + 1)) / 2

test('a long stream is folded once, and then from where it was', async () => {
  const store = await memoryStoreEngine().openStore()
  const { aggregate, folded } = counter()
  const load = () =>
    store.transaction((tx) => loadAggregate(tx, aggregate.definition, streamOf('counter', 'a')))
  const events = Array.from({ length: 100 }, (_, index) => ({ type: 'Added', data: { amount: index + 1 } }))
  await store.append('counter-a', events)
  await load()
  assert.equal(folded(), 100)
  await store.append('counter-a', [{ type: 'Added', data: { amount: 101 } }])
  const { state, version } = await load()
  assert.equal(folded(), 101)
  assert.equal(version, 101)
  assert.deepEqual(state, { sum: sum(101), amounts: Array.from({ length: 101 }, (_, index) => index + 1) })
})

test('what others appended since is folded to its end, however much it is', async () => {
  const store = await memoryStoreEngine().openStore()
  const { aggregate } = counter()
  const load = () =>
    store.transaction((tx) => loadAggregate(tx, aggregate.definition, streamOf('counter', 'a')))
  const add = (count: number) =>
    store.append(
      'counter-a',
      Array.from({ length: count }, () => ({ type: 'Added', data: { amount: 1 } })),
    )
  await add(20)
  await load()
  // Pages of 100 and 500, of which the first begins with the event that is known already.
  for (const count of [99, 100, 599, 1101]) {
    const { version: before } = await load()
    await add(count)
    const { state, version } = await load()
    assert.equal(version, before + count)
    assert.equal((state as { sum: number }).sum, version)
  }
})

test('what was kept does not count in another history, as after a restore', async () => {
  const { aggregate } = counter()
  const log = {}
  for (const amount of [1, 2]) {
    // Both are the same log to whoever reads, whose tail was lost between.
    const store = await memoryStoreEngine().openStore()
    const add = { type: 'Added', data: { amount } }
    await store.append(
      'counter-a',
      Array.from({ length: 20 }, () => add),
    )
    for (const _ of ['kept', 'read again']) {
      const { state } = await store.transaction((tx) =>
        loadAggregate({ ...tx, log }, aggregate.definition, 'counter-a'),
      )
      assert.equal((state as { sum: number }).sum, 20 * amount)
    }
  }
})

test('what a unit appended and did not commit is not kept', async () => {
  const store = await memoryStoreEngine().openStore()
  const { aggregate } = counter()
  const add = { type: 'Added', data: { amount: 1 } }
  await store.append(
    'counter-a',
    Array.from({ length: 20 }, () => add),
  )
  const failed = store.transaction(async (tx) => {
    await tx.append('counter-a', [{ type: 'Added', data: { amount: 1000 } }])
    const { state } = await loadAggregate(tx, aggregate.definition, 'counter-a')
    assert.equal((state as { sum: number }).sum, 1020)
    throw new Error('no')
  })
  await assert.rejects(failed, /^Error: no$/)
  await store.append('counter-a', [add])
  const { state } = await store.transaction((tx) => loadAggregate(tx, aggregate.definition, 'counter-a'))
  assert.deepEqual(state, { sum: 21, amounts: Array.from({ length: 21 }, () => 1) })
})

test('streams of the same name in another store or of another tenant have states of their own', async () => {
  const { aggregate } = counter()
  const stores = [await memoryStoreEngine().openStore(), await memoryStoreEngine().openStore()]
  for (const [place, store] of stores.entries()) {
    for (const tenant of ['', 'acme']) {
      const amount = 1 + place * 10 + tenant.length
      const events = Array.from({ length: 20 }, (_, n) => ({ type: 'Added', id: `e-${n}`, data: { amount } }))
      await store.append('counter-a', events, { tenant })
      for (let look = 0; look < 2; look++) {
        const { state } = await store.transaction(
          (tx) => loadAggregate(tx, aggregate.definition, 'counter-a'),
          { tenant },
        )
        assert.equal((state as { sum: number }).sum, 20 * amount)
      }
    }
  }
})

test('a state that holds an instance of a class keeps it, however long the stream is', async () => {
  class Money {
    readonly amount: number
    constructor(amount: number) {
      this.amount = amount
    }
    plus(amount: number): Money {
      return new Money(this.amount + amount)
    }
  }
  const { definition } = buildAggregate(catalog, 'purse', { held: [] as Money[] })
    .decide({ add: (_state, data: { amount: number }) => ({ type: 'Added', data }) })
    .evolve({
      Added: ({ held }, { data }) => ({ held: [(held[0] ?? new Money(0)).plus(data.amount)] }),
    })
  const store = await memoryStoreEngine().openStore()
  for (let round = 1; round <= 3; round++) {
    const added = Array.from({ length: 20 }, () => ({ type: 'Added', data: { amount: 1 } }))
    await store.append('purse-a', added)
    const { state } = await store.transaction((tx) => loadAggregate(tx, definition, 'purse-a'))
    assert.deepEqual(state, { held: [new Money(20 * round)] })
  }
})

test('large states are not all kept', async () => {
  const store = await memoryStoreEngine().openStore()
  let folded = 0
  const { definition } = buildAggregate(catalog, 'text', { text: '' })
    .decide({ add: (_state, data: { amount: number }) => ({ type: 'Added', data }) })
    .evolve({
      Added: (_state, { data }) => {
        folded++
        return { text: 'x'.repeat(data.amount) }
      },
    })
  const load = async (stream: string): Promise<number> => {
    const before = folded
    await store.transaction((tx) => loadAggregate(tx, definition, stream))
    return folded - before
  }
  const add = async (stream: string, amount: number): Promise<void> => {
    await store.append(
      stream,
      Array.from({ length: 20 }, () => ({ type: 'Added', data: { amount } })),
    )
  }
  for (const [stream, amount] of [
    ['text-a', 1_500_000],
    ['text-b', 1_500_000],
    ['text-c', 5_000_000],
  ] as const)
    await add(stream, amount)
  assert.deepEqual([await load('text-a'), await load('text-b'), await load('text-c')], [20, 20, 20])
  assert.deepEqual([await load('text-a'), await load('text-b'), await load('text-c')], [0, 0, 20])
  await add('text-d', 1_500_000)
  assert.equal(await load('text-d'), 20)
  assert.deepEqual([await load('text-d'), await load('text-b'), await load('text-a')], [0, 0, 20])
})
