import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { onProgress, tellProgress } from './progress.ts'

test('who waits at one store hears of progress that was made through another on the same engine', async () => {
  const engine = memoryStoreEngine()
  const [one, two] = [await engine.openStore(), await engine.openStore()]
  const heard: string[] = []
  const ends = ['a', 'b'].map((name) => onProgress(two, () => heard.push(name)))
  tellProgress(one)
  ends[0]?.()
  tellProgress(two)
  ends[1]?.()
  tellProgress(one)
  assert.deepEqual(heard, ['a', 'b', 'b'])
})
