import { setTimeout as sleep } from 'node:timers/promises'
import { interruptAll } from './interrupt.ts'

const pending = new Set<Promise<void>>()

/** Milliseconds: a server that is gone is not waited for. */
const PATIENCE = 60_000

/** A command made something outside this process that it removes at its end. Call what is returned once it has. */
export function leavesBehind(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  pending.add(promise)
  return () => {
    pending.delete(promise)
    resolve()
  }
}

/** Before the process is ended in the middle: interrupts the command, if it has something to remove, and lets it. */
export async function cleared(): Promise<void> {
  if (pending.size === 0) return
  interruptAll()
  await Promise.race([Promise.all(pending), sleep(PATIENCE)])
}
