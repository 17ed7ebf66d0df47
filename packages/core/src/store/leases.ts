export interface Lease {
  readonly name: string
  readonly holder: string
  /** Higher with every new holder; what `tx.fence` checks in the flush. */
  readonly token: number
}

/**
 * One holder a name, for a time, on the database's real clock. A holder that was slow loses it to
 * another, and its late writes are refused by the token (fencing; Kleppmann 2016, "How to do distributed locking").
 */
export interface Leases {
  /** Gives the lease when it is free, run out, or already `holder`'s (then the token stays). */
  acquire(name: string, holder: string, milliseconds: number): Promise<Lease | undefined>
  /** False when it was lost. */
  renew(lease: Lease, milliseconds: number): Promise<boolean>
  /** Gives it back at once; the token is never given again. */
  release(lease: Lease): Promise<void>
}
