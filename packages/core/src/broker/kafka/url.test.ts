import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kafkaBroker } from './index.ts'
import { kafkaConnection, parseKafkaUrl } from './url.ts'

test('a URL or a list names the brokers, with 9092 where no port is given', () => {
  const bootstrap = [
    { host: 'one', port: 9092 },
    { host: '10.0.0.2', port: 19092 },
  ]
  assert.deepEqual(parseKafkaUrl('kafka://one,10.0.0.2:19092').bootstrap, bootstrap)
  assert.deepEqual(parseKafkaUrl(['one:9092', '10.0.0.2:19092']).bootstrap, bootstrap)
  assert.deepEqual(parseKafkaUrl('kafka://[::1]:9093/').bootstrap, [{ host: '::1', port: 9093 }])
})

test('a URL says who logs in, and how, and what it is called has no secret in it', () => {
  const url = 'kafka://me:p%40ss:word@one:9093?mechanism=scram-sha-512&tls=true&prefix=trial.'
  const parsed = parseKafkaUrl(url)
  assert.deepEqual(parsed.sasl, { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'p@ss:word' })
  assert.equal(parsed.tls, true)
  assert.equal(parsed.prefix, 'trial.')
  assert.equal(parsed.url, 'kafka://one:9093?prefix=trial.')
  assert.deepEqual(parseKafkaUrl('kafka://me:x@one').sasl, {
    mechanism: 'PLAIN',
    username: 'me',
    password: 'x',
  })
})

test('other clients get the same of a URL', () => {
  assert.deepEqual(
    kafkaConnection('kafka://me:p%40ss@one,[::1]:9093?mechanism=scram-sha-256&tls=true&prefix=a.'),
    {
      bootstrapBrokers: ['one:9092', '[::1]:9093'],
      prefix: 'a.',
      sasl: { mechanism: 'SCRAM-SHA-256', username: 'me', password: 'p@ss' },
      tls: {},
    },
  )
  assert.deepEqual(kafkaConnection('kafka://one'), { bootstrapBrokers: ['one:9092'], prefix: '' })
})

test('an address that is none is refused, and its secrets are not told', () => {
  const wrong = [
    '',
    'one:9092',
    'kafka://',
    'kafka://one:99999',
    'kafka://one:9092?tls=true&who=me',
    'kafka://one:9092?tls=1',
    'kafka://one:9092?tls=yes',
    'kafka://one:9092?tls=',
    'kafka://one:9092?tls=false&tls=true',
    'kafka://a@b@c:1',
  ]
  const withSecret = [
    'http://me:hunter2@one',
    'kafka://me:hunter2@one?mechanism=NTLM',
    'kafka://me:hunter2%@one',
  ]
  for (const address of [...wrong, ...withSecret]) {
    assert.throws(
      () => kafkaBroker(address),
      ({ code, message }: { code?: unknown; message: string }) => {
        assert.equal(code, 'InvalidOption', address)
        assert.ok(!message.includes('hunter2'))
        return true
      },
    )
  }
})

test('a prefix that no topic can begin with is refused with what it may hold, from a URL and as an option', () => {
  const refused = { code: 'InvalidOption', message: /^the prefix for Kafka is ".*": use .*letters.*digits/ }
  for (const prefix of ['a b', 'über.', 'a/b', 'a:', ' ', 'x'.repeat(201)]) {
    const url = `kafka://one?prefix=${encodeURIComponent(prefix)}`
    assert.throws(() => kafkaBroker(url), refused, prefix)
    assert.throws(() => kafkaConnection(url), refused, prefix)
    assert.throws(() => kafkaBroker('kafka://one', { prefix }), refused, prefix)
  }
  for (const prefix of ['', 'a', 'A-1_b.', 'x'.repeat(200)]) kafkaBroker('kafka://one', { prefix })
})
