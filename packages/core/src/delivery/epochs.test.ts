import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { acceptEpochs, epochsOf } from './epochs.ts'

test('what is accepted is one epoch of a log, on all of its topics, and not the one after it', async () => {
  await using stack = new AsyncDisposableStack()
  const store = stack.adopt(await memoryStoreEngine().openStore(), (it) => it.close())
  // Asked anew each time, as by a consumer that was started again.
  const meets = (topic: string, epoch: string, source = '/shop'): Promise<void> =>
    epochsOf(store, 'billing').check(topic, { source, epoch })
  const stops = (topic: string, epoch: string, source?: string): Promise<void> =>
    assert.rejects(meets(topic, epoch, source), { code: 'EpochChanged' })

  for (const topic of ['orders', 'refunds']) await meets(topic, 'first')
  await meets('orders', 'first', '/mall')
  await stops('orders', 'second')
  assert.equal(await acceptEpochs(store, 'billing'), 2)
  await meets('orders', 'second')
  // Nothing of the second epoch came to this topic.
  await stops('refunds', 'third')
  await meets('refunds', 'second')
  await meets('refunds', 'first')
  await stops('orders', 'third')
  await meets('orders', 'other', '/mall')
  await stops('orders', 'another', '/mall')
})
