import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { missingIn, readable, readValue, sameValue, TOPIC_CONFIGS, topicConfig } from './index.ts'

const read = (key: string, text: string, bare = true) => {
  const config = topicConfig(key)
  assert.ok(config)
  return readValue(config, text, bare)
}

test('units become the milliseconds and bytes that Kafka takes', () => {
  const values = [
    ['retention.ms', '90s', '90000'],
    ['retention.ms', '15m', '900000'],
    ['retention.ms', '7d', '604800000'],
    ['retention.ms', '2w', '1209600000'],
    ['retention.ms', '250ms', '250'],
    ['retention.ms', 'forever', '-1'],
    ['retention.bytes', 'unlimited', '-1'],
    ['max.compaction.lag.ms', 'forever', '9223372036854775807'],
    ['segment.bytes', '100MiB', '104857600'],
    ['segment.bytes', '100MB', '100000000'],
    ['segment.bytes', '1_048_576', '1048576'],
    ['min.cleanable.dirty.ratio', '0.50', '0.5'],
    ['cleanup.policy', 'delete, compact', 'compact,delete'],
    ['local.retention.ms', '-2', '-2'],
  ] as const
  for (const [key, text, value] of values) assert.deepEqual(read(key, text), { value }, `${key}: ${text}`)
})

test('what Kafka would refuse, or take for something else, is told', () => {
  const wrong = [
    ['retention.ms', '7 days'],
    ['retention.ms', '-2'],
    ['retention.ms', '1MiB'],
    ['segment.bytes', '1KiB'],
    ['segment.bytes', '3GiB'],
    ['segment.bytes', 'unlimited'],
    ['min.insync.replicas', '0'],
    ['min.insync.replicas', '1.5'],
    ['min.cleanable.dirty.ratio', '2'],
    ['min.cleanable.dirty.ratio', ''],
    ['cleanup.policy', 'delete,gone'],
    ['preallocate', 'yes'],
    ['compression.type', 'LZ4'],
    ['retention.ms', '99999999999999999999'],
  ] as const
  for (const [key, text] of wrong) assert.ok('wrong' in read(key, text), `${key}: ${text}`)
  const unitless = read('retention.ms', '7', false)
  assert.match('wrong' in unitless ? unitless.wrong : '', /`7` has no unit/)
})

test('what is shown to a person is read back as the same value', () => {
  const numbers = Object.entries(TOPIC_CONFIGS).filter(
    ([, { kind }]) => kind === 'duration' || kind === 'size',
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...numbers),
      fc.oneof(
        fc.bigInt(1_048_576n, 2_147_483_647n),
        fc.integer({ min: 12, max: 300 }).map((n) => BigInt(n) * 86_400_000n),
      ),
      ([, config], number) => {
        const value = String(number)
        const back = readValue(config, readable(config, value), true)
        if ('value' in back) assert.equal(back.value, value)
        else assert.match(back.wrong, /too high/)
      },
    ),
    { numRuns: 200 },
  )
})

test('the defaults of the table are values that their own settings take', () => {
  for (const [key, config] of Object.entries(TOPIC_CONFIGS)) {
    assert.deepEqual(readValue(config, config.default, true), { value: config.default }, key)
  }
})

test('equal values in another writing are no difference', () => {
  assert.ok(sameValue(topicConfig('cleanup.policy'), 'delete,compact', 'compact,delete'))
  assert.ok(sameValue(topicConfig('min.cleanable.dirty.ratio'), '0.50', '.5'))
  assert.ok(!sameValue(topicConfig('retention.ms'), '1000', '10000'))
})

test('a setting is known from the version that brought it to the one that removed it', () => {
  assert.match(missingIn('remote.log.copy.disable', '3.8') ?? '', /from Kafka 3\.9 on/)
  assert.equal(missingIn('remote.log.copy.disable', '3.9'), undefined)
  assert.equal(missingIn('message.format.version', '3.9.1'), undefined)
  assert.match(missingIn('message.format.version', '4.0') ?? '', /removed in Kafka 4\.0/)
  assert.equal(missingIn('retention.ms', '3.10'), undefined)
})
