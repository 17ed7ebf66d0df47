import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reader, readRecordsBatch } from '@platformatic/kafka'
import { type RecordParts, recordBytes } from '../record.ts'
import { batchBytes } from './batch-bytes.ts'

test('texts that have more bytes than units are read as they were written', () => {
  // 60 units fit a length of one byte; the 120 bytes that they are do not.
  const records: readonly RecordParts[] = [
    { key: 'ü', value: '😀'.repeat(30), headers: [['naïve', 'é'.repeat(63)]] },
    { key: null, value: '{}', headers: [] },
    { key: '日本', value: 'ü'.repeat(9000), headers: [['h', '']] },
  ]
  const room = records.reduce((sum, record) => sum + recordBytes(record), 0)
  const options = { producerId: 1n, producerEpoch: 0, sequence: 0, timestamp: 1 }
  const batch = readRecordsBatch(Reader.from(batchBytes(records, room, options)))
  const read = batch.records.map(({ key, value, headers }) => ({
    key: key?.toString() ?? null,
    value: value?.toString(),
    headers: headers.map(([name, text]) => [name?.toString(), text?.toString()]),
  }))
  assert.deepEqual(read, records)
})
