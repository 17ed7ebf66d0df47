import type { Lease, Leases } from '../store/index.ts'
import { RELAY } from './relay-parking.ts'
import { LeaseLost } from './relay-sender.ts'

export interface RelayLeaseSettings {
  readonly leases: Leases
  /** Who takes it. */
  readonly instance: string
  /** Milliseconds on the real clock. */
  readonly leaseTime: number
  /** It is not held any more: lost, or given back. */
  readonly lost: () => void
  /** A renewal failed; it is tried again. */
  readonly troubled: (error: unknown) => void
}

/** The one lease of a store's relays. */
export interface RelayLease {
  /** False while another process has it. */
  take(): Promise<boolean>
  /** From here on it is renewed, until it is lost. */
  keep(): void
  lose(): void
  isHeld(): boolean
  /** True while nobody else can have taken it, as far as this process knows without asking. */
  isSure(): boolean
  /** @throws LeaseLost: a turn that goes on without the lease parks nothing more. */
  token(): number
  giveBack(): Promise<void>
}

export function relayLease({ leases, instance, leaseTime, lost, troubled }: RelayLeaseSettings): RelayLease {
  let lease: Lease | undefined
  let until = 0
  let renewal: NodeJS.Timeout | undefined

  async function renew(): Promise<void> {
    const held = lease
    const renewed = performance.now() + leaseTime
    if (!held) return
    try {
      if (await leases.renew(held, leaseTime)) until = renewed
      else if (lease === held) lose()
    } catch (error) {
      troubled(error)
    }
  }

  function lose(): void {
    clearInterval(renewal)
    lease = undefined
    lost()
  }

  return {
    async take() {
      const taken = performance.now() + leaseTime
      lease = await leases.acquire(RELAY, instance, leaseTime)
      if (lease) until = taken
      return lease !== undefined
    },
    keep() {
      renewal = setInterval(() => void renew(), leaseTime / 3).unref()
    },
    lose,
    isHeld: () => lease !== undefined,
    isSure: () => lease !== undefined && performance.now() < until,
    token() {
      if (!lease) throw new LeaseLost()
      return lease.token
    },
    async giveBack() {
      const held = lease
      lose()
      if (held) await leases.release(held)
    },
  }
}
