import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import { emptyData } from '../memory/data.ts'
import { memoryEngine } from '../memory/engine.ts'
import { openStore } from '../open.ts'

test('messages that are asked for at once are decided in their order, in whatever order they are answered', async () => {
  const answers: (() => void)[] = []
  const inbox: Engine['inbox'] = () => new Promise((resolve) => answers.push(() => resolve(undefined)))
  const store = openStore({ ...memoryEngine('memory:', emptyData(), {}), inbox })
  const mark = { topic: 't', epoch: 'e', stream: 's' }
  const accepted = await store.transaction(async (tx) => {
    const accepting = [1, 2, 2, 3].map((version) => tx.inbox.accept('c', { ...mark, version }))
    for (const answer of answers.toReversed()) {
      answer()
      await nextTurn()
    }
    return Promise.all(accepting)
  })
  assert.deepEqual(accepted, [true, true, false, true])
  await store.close()
})
