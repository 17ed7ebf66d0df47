import type { Tables } from './tables.ts'

/*
 * Advisory locks of a store. Those of two numbers carry the log's number first, so that stores of one database do not
 * meet; the one of 64 bits carries it in its upper 24, and a position modulo 2^40 below.
 */

/** The first of two numbers, as the int4 that it has to be. */
export function lockSpace({ number }: Tables): string {
  return `((${number} << 32) >> 32)::int`
}

export const POSITION_BITS = 40
export const POSITION_MASK: number = 2 ** POSITION_BITS - 1

/** Slots for what a flush reads and writes beside streams: a lock table is finite, so names share them. */
export const NAME_SLOTS = 1024
/** Behind them, slots for collections: who lists one excludes those who write in it. */
export const COLLECTION_SLOTS = 64
export const EPOCH_SLOT: number = NAME_SLOTS + COLLECTION_SLOTS
/** Held, shared, by whoever is about to commit. */
export const COMMITTING_SLOT: number = EPOCH_SLOT + 1

/** A text's slot, the same in all processes and releases (FNV-1a of its UTF-16 code units). */
export function slotOf(text: string, slots: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % slots
}

export const THIS_DATABASE = '(SELECT oid FROM pg_database WHERE datname = current_database())'
