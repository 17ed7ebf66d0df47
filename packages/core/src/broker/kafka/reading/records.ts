import type { fetchV16, RecordsBatch } from '@platformatic/kafka'
import type { ReceivedMessage } from '../../broker.ts'
import type { TopicPartition } from '../../storage.ts'
import { messageOf } from '../record.ts'

const CONTROL = 1 << 5
const TRANSACTIONAL = 1 << 4
const APPEND_TIME = 1 << 3

export interface Fetched {
  readonly messages: readonly ReceivedMessage[]
  /** The offset after all that was looked at, also where it was no message. */
  readonly next: number
}

/** The messages of a partition's answer from an offset on: without what marks transactions, and what they gave up. */
export function messagesOf(
  source: TopicPartition,
  from: number,
  answer: Pick<fetchV16.FetchResponsePartition, 'records' | 'abortedTransactions'>,
): Fetched {
  const aborted = abortedIn(answer)
  const messages: ReceivedMessage[] = []
  let next = from
  for (const batch of answer.records ?? []) {
    const first = Number(batch.firstOffset)
    next = Math.max(next, first + batch.lastOffsetDelta + 1)
    if (aborted(batch)) continue
    for (const record of batch.records) {
      const offset = first + record.offsetDelta
      if (offset < from) continue
      const place = `${source.topic}/${source.partition}/${offset}`
      const publishedAt = Number(
        batch.attributes & APPEND_TIME ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta,
      )
      messages.push({ ...messageOf(record, place), ...source, offset, publishedAt })
    }
  }
  return { messages, next }
}

/** Says for each batch, in their order, whether it is left out. */
function abortedIn({
  abortedTransactions,
}: Pick<fetchV16.FetchResponsePartition, 'abortedTransactions'>): (batch: RecordsBatch) => boolean {
  const begins = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const open = new Set<bigint>()
  return ({ attributes, firstOffset, lastOffsetDelta, producerId }) => {
    while (begins[0] && begins[0].firstOffset <= firstOffset + BigInt(lastOffsetDelta)) {
      open.add((begins.shift() ?? { producerId }).producerId)
    }
    if (attributes & CONTROL) {
      // Ends this producer's transaction: its next one stands unless it is listed too.
      open.delete(producerId)
      return true
    }
    return (attributes & TRANSACTIONAL) !== 0 && open.has(producerId)
  }
}
