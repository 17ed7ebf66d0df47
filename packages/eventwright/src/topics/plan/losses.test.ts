import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOPIC_CONFIGS } from '../kafka/index.ts'
import type { ActualTopic } from '../model.ts'
import { lossesOf } from './losses.ts'

type Own = Readonly<Record<string, string>>
type New = Readonly<Record<string, string | null>>

function topic(own: Own): ActualTopic {
  const settings = Object.entries(TOPIC_CONFIGS).map(
    ([key, { default: fallback }]) =>
      [key, { value: own[key] ?? fallback, own: key in own, fallback }] as const,
  )
  return { name: 'a', partitions: 1, replication: 1, settings: new Map(settings) }
}

function losses(own: Own, next: New, fallback?: string): string[] {
  const settings = Object.entries(next).map(([key, to]) => ({
    key,
    to,
    ...(fallback === undefined ? {} : { fallback }),
  }))
  return lossesOf(settings, topic(own))
}

const OLDER = 'Messages older than 7d are deleted.'
const COMPACTED = 'All but the last message of each key are deleted.'

test('what makes the brokers delete messages that they keep now is told', () => {
  const cases: readonly (readonly [Own, New, readonly string[]])[] = [
    [{}, { 'retention.ms': '3600000' }, ['Messages older than 1h are deleted.']],
    [{ 'retention.ms': '-1' }, { 'retention.ms': '604800000' }, [OLDER]],
    [{ 'retention.ms': '-1' }, { 'retention.ms': null }, [OLDER]],
    [{}, { 'retention.bytes': '1048576' }, ['The oldest messages beyond 1MiB a partition are deleted.']],
    [{ 'cleanup.policy': 'compact' }, { 'cleanup.policy': 'delete' }, [OLDER]],
    [{ 'cleanup.policy': 'compact' }, { 'cleanup.policy': 'compact,delete' }, [OLDER]],
    [{ 'cleanup.policy': 'compact' }, { 'cleanup.policy': null }, [OLDER]],
    [{}, { 'cleanup.policy': 'compact' }, [COMPACTED]],
    [
      {},
      { 'cleanup.policy': 'compact,delete', 'retention.ms': '1' },
      [COMPACTED, 'Messages older than 1ms are deleted.'],
    ],
    [
      { 'remote.storage.enable': 'true' },
      { 'remote.storage.enable': 'false', 'remote.log.delete.on.disable': 'true' },
      ['All that lies in remote storage is deleted.'],
    ],
  ]
  for (const [own, next, told] of cases)
    assert.deepEqual(losses(own, next), told, JSON.stringify([own, next]))
})

test('a default of the brokers that compacts, or keeps for less, is no surprise', () => {
  assert.deepEqual(losses({ 'cleanup.policy': 'delete' }, { 'cleanup.policy': null }, 'compact'), [COMPACTED])
  assert.deepEqual(losses({ 'retention.ms': '604800000' }, { 'retention.ms': null }, '60000'), [
    'Messages older than 1m are deleted.',
  ])
})

test('what keeps as much or more, or is not looked at, loses nothing', () => {
  const cases: readonly (readonly [Own, New])[] = [
    [{}, { 'retention.ms': '604800001' }],
    [{}, { 'retention.ms': '-1' }],
    [{ 'cleanup.policy': 'compact' }, { 'retention.ms': '1' }],
    [{ 'cleanup.policy': 'compact' }, { 'cleanup.policy': 'delete', 'retention.ms': '-1' }],
    [{ 'cleanup.policy': 'compact,delete' }, { 'cleanup.policy': 'compact' }],
    [{ 'retention.bytes': '5' }, { 'retention.bytes': '-1' }],
    [{}, { 'segment.ms': '1', 'min.insync.replicas': '2' }],
  ]
  for (const [own, next] of cases) assert.deepEqual(losses(own, next), [], JSON.stringify([own, next]))
})
