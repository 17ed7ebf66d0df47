import { NotIdle } from '@eventwright/core'
import { DecideError } from '../compile/index.ts'
import type { Place } from '../model/index.ts'

/** What went wrong underneath: an expression that failed, a parked key, a faulted projection. Never a refusal. */
export interface Fault {
  readonly message: string
  /** The line of the flow file that is at fault, where one is known. */
  readonly place?: Place
  /** True where a `decide:` file is broken: it threw, or gave what its command does not list. */
  readonly broken: boolean
}

/** An error as a fault; `what` says what was being done. */
export function faultOf(error: unknown, what?: string): Fault {
  if (error instanceof DecideError) return { message: error.reason, place: error.place, broken: true }
  if (error instanceof NotIdle) return { message: restless(error), broken: false }
  const message = error instanceof Error ? error.message : String(error)
  return { message: what === undefined ? message : `${what}: ${message}`, broken: false }
}

// What a person who wrote a flow can act on: which parts, and what usually keeps them going.
function restless({ busy }: NotIdle): string {
  const parts = busy.join(', ')
  return `it does not come to rest: there is always more work for ${parts}. Do sagas keep answering each other?`
}

/** Each once: what is tried again fails again, and whoever passes an error on repeats its message. */
export function distinctFaults(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(
    ({ message }, index) => !faults.slice(0, index).some((earlier) => message.includes(earlier.message)),
  )
}
