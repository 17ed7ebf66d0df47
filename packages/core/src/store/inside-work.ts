import { AsyncLocalStorage } from 'node:async_hooks'
import { UseTxError } from './errors.ts'

interface Inside {
  readonly resource: object
  readonly outer: Inside | undefined
  ended: boolean
}

const current = new AsyncLocalStorage<Inside>()

/** True inside a unit of work on this resource, also after an await, until the work has ended. */
export function insideWork(resource: object): boolean {
  for (let inside = current.getStore(); inside !== undefined; inside = inside.outer) {
    if (inside.resource === resource && !inside.ended) return true
  }
  return false
}

/**
 * For whatever writes to the same file or memory as a store: what it did inside a unit of work would not
 * be undone with it. @throws UseTxError
 */
export function refuseInsideWork(resource: object, call: string): void {
  if (insideWork(resource)) throw new UseTxError(call)
}

/** Runs `work` as the inside of a unit on this resource. */
export async function runInside<Result>(
  resource: object,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  const inside: Inside = { resource, outer: current.getStore(), ended: false }
  try {
    return await current.run(inside, work)
  } finally {
    inside.ended = true
  }
}
