import type { Lease, Leases } from '../store/index.ts'

/** One lease, kept between the turns of a loop. */
export interface LeaseHolder {
  /** The lease, taken or renewed where that is due; `undefined` while another process has it. */
  hold(): Promise<Lease | undefined>
  /** It was found lost: take it anew next time. */
  lost(): void
  giveBack(): Promise<void>
  isHeld(): boolean
}

export function leaseHolder(leases: Leases, name: string, holder: string, milliseconds: number): LeaseHolder {
  let lease: Lease | undefined
  let renewed = 0
  return {
    async hold() {
      const now = performance.now()
      if (lease && now - renewed < milliseconds / 3) return lease
      const kept = lease !== undefined && (await leases.renew(lease, milliseconds))
      if (!kept) lease = await leases.acquire(name, holder, milliseconds)
      renewed = now
      return lease
    },
    lost() {
      lease = undefined
    },
    async giveBack() {
      const held = lease
      lease = undefined
      if (held) await leases.release(held)
    },
    isHeld: () => lease !== undefined,
  }
}
