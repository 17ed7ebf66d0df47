import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../../event/index.ts'
import { eventually } from '../../testing/broker/observe.ts'
import { emptyMemory, memoryStorage } from '../memory/memory-storage.ts'
import { openBroker } from '../open-broker.ts'

test('that the broker is reached again is told once', async () => {
  const memory = memoryStorage(emptyMemory())
  let failures = 2
  let beats = 0
  const storage: typeof memory = {
    ...memory,
    async beat(...all) {
      beats++
      if (failures > 0) throw new Error('away')
      return memory.beat(...all)
    },
    async updateGroup(...all) {
      if (beats > 0 && failures-- > 0) throw new Error('away')
      return memory.updateGroup(...all)
    },
  }
  const said: string[] = []
  const say = (_: object, message: string): void => void said.push(message)
  const logger: Logger = { debug: say, info: say, warn: say, error: say }
  await using stack = new AsyncDisposableStack()
  const broker = stack.adopt(openBroker(storage, { logger }), (open) => open.close())
  await broker.ensureTopic('t', { partitions: 1 })
  await broker.subscribe({ group: 'g', topics: ['t'], sessionTimeout: 60 }, async () => {})
  const again = () => said.filter((message) => message === 'the broker is reached again').length
  await eventually(() => assert.equal(again(), 1))
  const seen = beats
  await eventually(() => assert.ok(beats > seen + 2))
  assert.equal(again(), 1)
  assert.ok(said.includes('the broker could not be reached'))
})
