const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const SHIFT = 24

/**
 * MurmurHash2 (Appleby) with the seed of Kafka's Java client, as a signed 32-bit number, so that a key
 * keeps its partition when a topic moves to Kafka or is written by Java too.
 */
export function murmur2(bytes: Uint8Array): number {
  const tail = bytes.length - (bytes.length % 4)
  let hash = SEED ^ bytes.length
  for (let at = 0; at < tail; at += 4) {
    let word = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8)
    word |= (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24)
    word = Math.imul(word, MULTIPLIER)
    word = Math.imul(word ^ (word >>> SHIFT), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ word
  }
  if (tail < bytes.length) {
    for (let at = bytes.length - 1; at >= tail; at -= 1) hash ^= byteAt(bytes, at) << (8 * (at - tail))
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}
