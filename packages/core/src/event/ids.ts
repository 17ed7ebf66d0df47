import { v7 } from 'uuid'
import type { Ids } from './clock.ts'
import { randomPool } from './random-pool.ts'

const random = randomPool(4096)
let milliseconds = 0
let sequence = 0

/** A new UUIDv7 (RFC 9562): sorts by time, and never goes back within a process. */
export const newId: Ids = () => {
  const bytes = random(16)
  tick(bytes)
  return v7({ random: bytes, msecs: milliseconds, seq: sequence })
}

/** Within a millisecond, and while the clock stands behind, a counter of 32 bits goes on from a random start. */
function tick(bytes: Uint8Array): void {
  const now = Date.now()
  if (now > milliseconds) {
    milliseconds = now
    sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) & 0x7fffffff
    return
  }
  sequence = (sequence + 1) | 0
  if (sequence === 0) milliseconds++
}
