import type { Leases } from '../leases.ts'
import type { MemoryData } from './data.ts'

export function memoryLeases({ leases }: MemoryData): Leases {
  return {
    async acquire(name, holder, milliseconds) {
      const now = Date.now()
      const kept = leases.get(name)
      const same = kept?.holder === holder
      if (kept?.holder !== undefined && !same && kept.expires > now) return undefined
      const token = same ? kept.token : (kept?.token ?? 0) + 1
      leases.set(name, { holder, token, expires: now + milliseconds })
      return { name, holder, token }
    },
    async renew({ name, holder, token }, milliseconds) {
      const kept = leases.get(name)
      if (kept?.holder !== holder || kept.token !== token) return false
      leases.set(name, { holder, token, expires: Date.now() + milliseconds })
      return true
    },
    async release({ name, holder, token }) {
      const kept = leases.get(name)
      if (kept?.holder === holder && kept.token === token)
        leases.set(name, { holder: undefined, token, expires: 0 })
    },
  }
}
