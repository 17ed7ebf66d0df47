import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { account, accountCatalog, accountFromClass } from '../testing/aggregate/account.ts'
import { type Command, execute } from './index.ts'

it('random commands become the same in the chain and in the class style', async () => {
  const store = await memoryStoreEngine().openStore({ catalog: accountCatalog() })
  const Chain = account({ snapshots: { every: 3, version: 1 } })
  const Root = accountFromClass({ snapshots: { every: 3, version: 1 } })
  const amount = fc.constantFrom(-1, 0, 1, 2, 3, 1000)
  const command = fc.oneof(
    fc.constant((id: string): Command => Chain.open(id, { owner: 'x' })),
    amount.map(
      (amount) =>
        (id: string): Command =>
          Chain.deposit(id, { amount }),
    ),
    amount.map(
      (amount) =>
        (id: string): Command =>
          Chain.withdraw(id, { amount }),
    ),
  )
  const step = fc.record({ command, commandId: fc.integer({ min: 1, max: 12 }).map(String) })
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      round += 1
      const [one, two] = [`chain${round}`, `root${round}`]
      for (const { command, commandId } of steps) {
        const options = { commandId }
        const [a, b] = await Promise.allSettled([
          execute(store, Chain.definition, command(one), options),
          execute(store, Root.definition, command(two), options),
        ])
        assert.deepEqual(plain(b), plain(a))
      }
    }),
    { numRuns: 30 },
  )
  await store.close()
})

/** What the two styles have in common: all but ids and streams. */
function plain(settled: PromiseSettledResult<object>): unknown {
  if (settled.status === 'rejected') return settled.reason.constructor.name
  const result: { readonly events?: readonly { type: string; data: unknown; version: number }[] } =
    settled.value
  const events = result.events?.map(({ type, data, version }) => ({ type, data, version }))
  return { ...result, stream: '', events }
}
