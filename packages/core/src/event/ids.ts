import { v7 } from 'uuid'
import type { Ids } from './clock.ts'

/** A new UUIDv7 (RFC 9562): sorts by time, and never goes back within a process. */
export const newId: Ids = () => v7()
