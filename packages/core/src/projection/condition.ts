import type { ComponentHealth } from '../delivery/index.ts'
import type { ProjectionFault } from './errors.ts'

/** What a component says of itself. */
export interface Condition {
  state: ComponentHealth['state']
  error: string | undefined
  fault: ProjectionFault | undefined
  /** Caught up, and kept from going live by a process that still writes the version before. */
  heldBack: boolean
  /** What follows has a newer version than this code knows. */
  behindNewer: boolean
  handled: number
  retries: number
}

export function stopped(): Condition {
  return {
    state: 'stopped',
    error: undefined,
    fault: undefined,
    heldBack: false,
    behindNewer: false,
    handled: 0,
    retries: 0,
  }
}
