import assert from 'node:assert/strict'
import { type AggregateDefinition, execute, SNAPSHOTS } from '../../aggregate/index.ts'
import type { EventStore } from '../../store/index.ts'
import { account, accountFromClass } from './account.ts'
import type { AggregatePlace } from './place.ts'

let folded = 0
const counted = (version = 1) => account({ snapshots: { every: 10, version }, onEvolve: () => (folded += 1) })

const Account = counted()

async function fill(store: EventStore, definition: AggregateDefinition, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await execute(store, definition, Account.deposit('a', { amount: 1 }))
  }
}

/** The balance, seen by a refusal, and how many deposits were folded in to see it. */
async function look(
  store: EventStore,
  definition: AggregateDefinition,
): Promise<[string | undefined, number]> {
  folded = 0
  const result = await execute(store, definition, Account.withdraw('a', { amount: 1_000_000 }))
  return [result.outcome === 'refused' ? result.message : undefined, folded]
}

const snapshotOf = (store: EventStore) => store.documents(SNAPSHOTS).get('account-a')

/** A snapshot makes loading shorter, and nothing else. */
export const snapshots: { readonly [promise: string]: (place: AggregatePlace) => Promise<void> } = {
  'an aggregate is loaded from its snapshot and the events after it': async ({ open }) => {
    const store = await open()
    await fill(store, Account.definition, 23)
    assert.deepEqual(await look(store, Account.definition), ['23 left', 3])
  },

  'a command whose events cross the mark makes the snapshot after the last of them': async ({ open }) => {
    const store = await open()
    await fill(store, Account.definition, 9)
    assert.equal(await snapshotOf(store), undefined)
    await execute(store, Account.definition, Account.deposit('a', { amount: 1000 }))
    assert.deepEqual(await look(store, Account.definition), ['1009 left', 0])
  },

  'a snapshot deleted, broken, or of another history changes nothing': async ({ open }) => {
    const store = await open()
    await fill(store, Account.definition, 12)
    const good = (await snapshotOf(store)) as { state: { balance: number }; version: number }
    const broken: readonly unknown[] = [
      undefined,
      null,
      'x',
      {},
      { ...good, state: { ...good.state, balance: 999 } },
      { ...good, state: undefined },
      { ...good, version: 11 },
      { ...good, version: 99 },
      { ...good, version: -1 },
      { ...good, version: '10' },
      { ...good, event: 'other' },
      { ...good, evolve: 2 },
      { ...good, hash: '' },
    ]
    for (const value of broken) {
      await store.transaction((tx) => {
        const documents = tx.documents<unknown>(SNAPSHOTS)
        if (value === undefined) documents.delete('account-a')
        else documents.put('account-a', value)
      })
      assert.deepEqual(await look(store, Account.definition), ['12 left', 12], JSON.stringify(value))
    }
  },

  'a snapshot of an older evolve is passed over, and replaced at the next mark': async ({ open }) => {
    const store = await open()
    await fill(store, Account.definition, 15)
    const Next = counted(2)
    assert.deepEqual(await look(store, Next.definition), ['15 left', 15])
    await fill(store, Next.definition, 5)
    assert.deepEqual(await look(store, Next.definition), ['20 left', 0])
  },

  'an aggregate written as a class has snapshots too': async ({ open }) => {
    const store = await open()
    const Root = accountFromClass({ snapshots: { every: 10, version: 1 } })
    await fill(store, Root.definition, 13)
    assert.notEqual(await snapshotOf(store), undefined)
    assert.equal((await look(store, Root.definition))[0], '13 left')
  },

  'a stream longer than a page of reading is folded whole': async ({ open }) => {
    const store = await open()
    const Plain = account()
    for (let batch = 0; batch < 3; batch++) {
      const deposits = Array.from({ length: 400 }, () => ({ type: 'Deposited', data: { amount: 1 } }))
      await store.append('account-a', deposits)
    }
    assert.equal((await look(store, Plain.definition))[0], '1200 left')
  },
}
