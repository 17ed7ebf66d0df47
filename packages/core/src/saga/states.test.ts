import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { sagaEvent } from './events.ts'
import { sagaStates } from './states.ts'

const kept = (id: string) => {
  const event = { id, type: 'Paid', data: {}, metadata: {}, schemaVersion: 1, tenant: '', stream: 's-1' }
  return sagaEvent('AnswerKept', { event: { ...event, version: 1, position: 1, recordedAt: 1 } })
}

test('a state is remembered as far as it was committed, not as a unit that failed saw it', async () => {
  const store = await memoryStoreEngine().openStore()
  const states = sagaStates()
  const read = () => store.transaction((tx) => states.read(tx, 'saga:s-1'))
  await store.append('saga:s-1', [kept('a')])
  assert.equal((await read()).state.kept.length, 1)
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.append('saga:s-1', [kept('b')])
      assert.equal(
        (await states.read(tx, 'saga:s-1')).state.kept.length,
        2,
        'its own events count in the unit',
      )
      throw new Error('no')
    }),
  )
  assert.equal((await read()).state.kept.length, 1)
  await store.append('saga:s-1', [kept('c')])
  const { state, version } = await read()
  assert.deepEqual([state.kept.map(({ id }) => id), version], [['a', 'c'], 2])
  await store.close()
})
