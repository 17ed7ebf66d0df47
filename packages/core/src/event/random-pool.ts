import { randomFillSync } from 'node:crypto'

/** Random bytes, asked of the system many at a time: a call for sixteen costs as much as one for thousands. Each byte is given once. */
export function randomPool(size: number): (count: number) => Uint8Array {
  const pool = new Uint8Array(size)
  let next = size
  return (count) => {
    if (next + count > size) {
      randomFillSync(pool)
      next = 0
    }
    next += count
    return pool.subarray(next - count, next)
  }
}
