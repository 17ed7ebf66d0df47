import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { kafkaJars } from '../../../../../scripts/kafka/jars.mjs'
import { partitionOf } from '../placement.ts'

const program = fileURLToPath(new URL('fixtures/Partitions.java', import.meta.url))
const PARTITIONS = 97

test("10,000 keys go to the partitions that Kafka's Java client gives them", {
  skip: withoutKafka(),
}, async () => {
  const { classPath } = await kafkaJars()
  const text = fc.string({ unit: 'grapheme', maxLength: 40 })
  const keys = ['', 'o-1', ...fc.sample(fc.oneof(text, fc.uuid(), fc.string()), { numRuns: 9998, seed: 6 })]
  const input = keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join('')
  const java = [
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    classPath.join(delimiter),
    program,
    String(PARTITIONS),
  ]
  const { stdout, stderr, status } = spawnSync('java', java, { input, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const theirs = stdout.trim().split('\n').map(Number)
  assert.equal(theirs.length, 10_000)
  assert.deepEqual(
    keys.map((key) => partitionOf(key, PARTITIONS)),
    theirs,
  )
})
