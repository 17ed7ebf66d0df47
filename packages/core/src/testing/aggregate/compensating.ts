import assert from 'node:assert/strict'
import { execute } from '../../aggregate/index.ts'
import type { EventStore } from '../../store/index.ts'
import { account } from './account.ts'
import type { AggregatePlace } from './place.ts'

const Account = account()
const { definition } = Account
const forward = (store: EventStore) =>
  execute(store, definition, Account.deposit('a', { amount: 5 }), { commandId: 'forward' })
const compensate = (store: EventStore, amount: number, commandId = 'undo') =>
  execute(store, definition, { ...Account.withdraw('a', { amount }), compensates: 'forward' }, { commandId })

/** A compensation fences the forward command that it names. */
export const compensating: { readonly [promise: string]: (place: AggregatePlace) => Promise<void> } = {
  'a forward command after its compensation does nothing, though the compensation was refused': async ({
    open,
  }) => {
    const store = await open()
    assert.equal((await compensate(store, 5)).outcome, 'refused')
    for (let time = 0; time < 2; time++) {
      const late = await forward(store)
      assert.deepEqual(
        [late.outcome, late.outcome === 'refused' && late.refusal, late.duplicate],
        ['refused', 'Compensated', true],
      )
    }
    assert.equal((await store.read('account-a')).version, 0)
  },

  'a forward command after its compensation does nothing, though the compensation decided on nothing':
    async ({ open }) => {
      const store = await open()
      const undo = { ...Account.deposit('a', { amount: 0 }), compensates: 'forward' }
      assert.equal((await execute(store, definition, undo)).outcome, 'nothing')
      assert.equal((await forward(store)).outcome, 'refused')
    },

  'a forward command after its compensation does nothing, though the compensation had events': async ({
    open,
  }) => {
    const store = await open()
    await execute(store, definition, Account.deposit('a', { amount: 5 }))
    assert.equal((await compensate(store, 5)).outcome, 'events')
    assert.equal((await forward(store)).outcome, 'refused')
  },

  'a compensation after its forward command leaves its outcome as it was': async ({ open }) => {
    const store = await open()
    await forward(store)
    assert.equal((await compensate(store, 5)).outcome, 'events')
    const again = await forward(store)
    assert.deepEqual([again.outcome, again.duplicate], ['events', true])
    assert.equal((await store.read('account-a')).version, 2)
  },

  'a forward command and its compensation at once end with both or with the fence': async ({ open }) => {
    const store = await open()
    for (let round = 0; round < 10; round++) {
      const id = `r-${round}`
      const undo = { ...Account.withdraw(id, { amount: 5 }), compensates: 'forward' }
      const [went, undone] = await Promise.all([
        execute(store, definition, Account.deposit(id, { amount: 5 }), { commandId: 'forward' }),
        execute(store, definition, undo, { commandId: 'undo' }),
      ])
      // Done and undone, or neither: never done after it was undone.
      assert.equal(went.outcome, undone.outcome === 'events' ? 'events' : 'refused')
    }
  },

  'the fence holds for any data of the forward command': async ({ open }) => {
    const store = await open()
    await compensate(store, 1)
    const other = await execute(store, definition, Account.open('a', { owner: 'x' }), {
      commandId: 'forward',
    })
    assert.equal(other.outcome, 'refused')
  },

  'a compensation whose decide throws fences nothing': async ({ open }) => {
    const store = await open()
    await assert.rejects(compensate(store, -1), RangeError)
    assert.equal((await forward(store)).outcome, 'events')
  },
}
