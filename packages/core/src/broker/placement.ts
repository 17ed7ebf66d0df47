import { murmur2 } from './murmur2.ts'

/** Says which of a topic's partitions takes a message with this key. */
export type Placement = (key: string | null, partitions: number) => number

/** A key's partition: as Kafka's Java client chooses it. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

/** Keys by their hash, messages without a key in turn over all partitions, the first turn somewhere. */
export function placement(): Placement {
  let turn = Math.floor(Math.random() * 0x10000)
  return (key, partitions) => {
    if (key !== null) return partitionOf(key, partitions)
    turn = (turn + 1) % 0x1000000
    return turn % partitions
  }
}
