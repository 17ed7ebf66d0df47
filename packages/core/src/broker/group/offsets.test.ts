import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OffsetCommit } from '../storage.ts'
import { MemberOffsets } from './offsets.ts'

const readerAt = (partition: number, offset: number) => ({
  progress: { topic: 't', partition, token: 1, offset },
})

/** What is written of three partitions, of which the second is another member's. */
function offsets() {
  const readers = [readerAt(0, 3), readerAt(1, 5), readerAt(2, 0)]
  const written: number[][] = []
  const refused: number[] = []
  const tested = new MemberOffsets({
    readers: () => readers,
    write: async (commits: readonly OffsetCommit[]) => {
      written.push(commits.map(({ partition }) => partition))
      return commits.filter(({ partition }) => partition === 1)
    },
    refused: (these) => {
      refused.push(...these.map(({ progress }) => progress.partition))
      readers.splice(1, 1)
    },
    failed: (error) => assert.fail(String(error)),
  })
  return { tested, written, refused }
}

test('what is refused is told, and what was taken is not written again', async () => {
  const { tested, written, refused } = offsets()
  await tested.now()
  await tested.now()
  assert.deepEqual(written, [[0, 1]])
  assert.deepEqual(refused, [1])
})

test('what may be gone is written again with the next heart-beats, and then no more', async () => {
  const { tested, written } = offsets()
  await tested.now()
  await tested.beat()
  assert.equal(written.length, 1)
  tested.doubt()
  for (let beat = 0; beat < 5; beat++) await tested.beat()
  assert.deepEqual(written, [[0, 1], [0], [0]])
})
