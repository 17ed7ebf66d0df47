import assert from 'node:assert/strict'
import { execute, executeIn } from '../../aggregate/index.ts'
import { ConcurrencyError } from '../../store/index.ts'
import { account } from './account.ts'
import type { AggregatePlace } from './place.ts'

const Account = account()
const { definition } = Account
const deposit = (amount: number) => Account.deposit('a', { amount })

const balanceOf = async (place: AggregatePlace): Promise<number> => {
  const { events } = await (await place.open()).read('account-a')
  const amounts = events.map(({ type, data }) => [type, (data as { amount: number }).amount] as const)
  return amounts.reduce((sum, [type, amount]) => (type === 'Deposited' ? sum + amount : sum - amount), 0)
}

/** Commands at the same time. */
export const races: { readonly [promise: string]: (place: AggregatePlace) => Promise<void> } = {
  'of twenty racing duplicates one takes effect, and all get the same answer': async (place) => {
    const stores = [await place.open(), await place.open()]
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const store = stores[index % 2] ?? assert.fail()
        return execute(store, definition, deposit(1000), { commandId: 'k' })
      }),
    )
    const answers = results.map((result) => result.outcome === 'events' && result.events.map(({ id }) => id))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1)
    assert.equal(await balanceOf(place), 1000)
  },

  'racing commands are each decided on the state that the others left': async (place) => {
    const store = await place.open()
    await execute(store, definition, deposit(5))
    const results = await Promise.all(
      Array.from({ length: 10 }, () => execute(store, definition, Account.withdraw('a', { amount: 1 }))),
    )
    const outcomes = results.map(({ outcome }) => outcome).sort()
    assert.deepEqual(outcomes, [...Array(5).fill('events'), ...Array(5).fill('refused')])
    assert.equal(await balanceOf(place), 0)
  },

  'an expect of the caller that does not hold is told and leaves no trace': async (place) => {
    const store = await place.open()
    await execute(store, definition, deposit(1))
    const wrong = execute(store, definition, deposit(2), { commandId: 'k', expect: 'none' })
    await assert.rejects(wrong, (error) => error instanceof ConcurrencyError && error.actual === 1)
    const refused = execute(store, definition, Account.withdraw('a', { amount: 9 }), { expect: 7 })
    await assert.rejects(refused, ConcurrencyError)
    const right = await execute(store, definition, deposit(2), { commandId: 'k', expect: 1 })
    assert.equal(right.duplicate, false)
  },

  'an expect of the caller is never retried: of ten with the same one succeeds': async (place) => {
    const store = await place.open()
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => execute(store, definition, deposit(1), { expect: 'none' })),
    )
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    assert.equal(failed.length, 9)
    for (const reason of failed) assert.ok(reason instanceof ConcurrencyError, String(reason))
    assert.equal(await balanceOf(place), 1)
  },

  'a conflict inside a unit of work runs the whole unit again': async (place) => {
    const store = await place.open()
    const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    const unit = store.transaction(async (tx) => {
      runs += 1
      const withdraw = { ...Account.withdraw('a', { amount: 1 }), commandId: 'k' }
      const decided = await executeIn(tx, definition, withdraw)
      reached.resolve()
      await go.promise
      return decided
    })
    await reached.promise
    await execute(store, definition, deposit(1))
    go.resolve()
    assert.equal((await unit).outcome, 'events')
    assert.equal(runs, 2)
  },
}
