import assert from 'node:assert/strict'
import { buildAggregate, execute } from '../../aggregate/index.ts'
import { InvalidPayload } from '../../event/index.ts'
import { account, accountCatalog } from './account.ts'
import type { AggregatePlace } from './place.ts'

const Account = account()
const { definition } = Account
const deposit = (amount: number) => Account.deposit('a', { amount })

/** An account whose commands are checked: `most` is the greatest amount that a deposit may have. */
const checked = (most: number) =>
  buildAggregate(accountCatalog(), 'account', { balance: 0 })
    .decide({ deposit: (_s, c: { amount: number }) => ({ type: 'Deposited', data: c }) })
    .commands({
      deposit: {
        type: 'object',
        properties: { amount: { type: 'number', maximum: most } },
        required: ['amount'],
      },
    })
    .evolve({ Deposited: (s) => s })

/** Ids and schemas of commands, and what is no state of the aggregate. */
export const commands: { readonly [promise: string]: (place: AggregatePlace) => Promise<void> } = {
  'the data of a command is checked before it is decided, and leaves no trace': async ({ open }) => {
    const store = await open()
    const Checked = checked(9)
    const much = execute(store, Checked.definition, deposit(10), { commandId: 'k' })
    await assert.rejects(much, InvalidPayload)
    const fits = await execute(store, Checked.definition, deposit(9), { commandId: 'k' })
    assert.deepEqual([fits.outcome, fits.duplicate], ['events', false])
  },

  'a command that was decided is answered so, though its schema takes it no longer': async ({ open }) => {
    const store = await open()
    await execute(store, checked(9).definition, deposit(5), { commandId: 'k' })
    const again = await execute(store, checked(1).definition, deposit(5), { commandId: 'k' })
    assert.deepEqual([again.outcome, again.duplicate], ['events', true])
  },

  "a command's id is the option's, else its own, else one that is given to all its runs": async ({
    open,
  }) => {
    const store = await open()
    const own = { ...deposit(1), commandId: 'own' }
    assert.equal((await execute(store, definition, own, { commandId: 'option' })).commandId, 'option')
    assert.equal((await execute(store, definition, own)).commandId, 'own')
    let given = 0
    const ids = () => `given-${++given}`
    const racing = await Promise.all([1, 2, 3, 4].map(() => execute(store, definition, deposit(1), { ids })))
    assert.deepEqual(
      racing.map(({ commandId, duplicate }) => `${commandId} ${duplicate}`),
      [1, 2, 3, 4].map((n) => `given-${n} false`),
    )
    assert.equal(given, 4)
  },

  'technical events in its stream are no part of an aggregate': async ({ open }) => {
    const store = await open()
    await execute(store, definition, deposit(5))
    await store.append('account-a', [{ type: 'eventwright.Noted', data: { amount: 100 } }])
    const short = await execute(store, definition, Account.withdraw('a', { amount: 6 }))
    assert.equal(short.outcome === 'refused' && short.message, '5 left')
    const result = await execute(store, definition, deposit(1))
    assert.equal(result.outcome === 'events' && result.version, 3)
  },

  'an evolve that changes its state in place changes no other aggregate': async ({ open }) => {
    const store = await open()
    const Careless = buildAggregate(accountCatalog(), 'account', { amounts: [0] })
      .decide({
        deposit: (s, c: { amount: number }) => ({
          type: 'Deposited',
          data: { amount: c.amount + s.amounts.length },
        }),
      })
      .evolve({
        Deposited: (s, e) => {
          s.amounts.push(e.data.amount)
          return s
        },
      })
    for (const id of ['a', 'a', 'b']) {
      await execute(store, Careless.definition, Careless.deposit(id, { amount: 0 }))
    }
    const amounts = async (stream: string) => (await store.read(stream)).events.map(({ data }) => data)
    assert.deepEqual(await amounts('account-a'), [{ amount: 1 }, { amount: 2 }])
    assert.deepEqual(await amounts('account-b'), [{ amount: 1 }])
  },
}
