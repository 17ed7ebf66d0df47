import type { Admin } from '@platformatic/kafka'
import { openAdmin } from './admin.ts'
import type { ClientSettings } from './client-settings.ts'
import { ClusterUnreachable } from './errors.ts'
import { explained } from './faults.ts'

/** Runs one request; `doing` begins the message of what goes wrong. */
export type Ask = <T>(doing: string, request: (admin: Admin) => Promise<T>) => Promise<T>

const CONNECT_MS = 4000
/** For one request, the brokers' own work included. */
const REQUEST_MS = 10_000

/**
 * The admin client. It does not retry by itself: a change that a broker made before its connection broke would be
 * asked for again, and told as a failure.
 */
export function connect({ brokers, sasl, tls }: ClientSettings): {
  ask: Ask
  close: () => Promise<void>
} {
  let opened: Promise<Admin> | undefined
  const open = (): Promise<Admin> => {
    const opening = openAdmin({
      clientId: 'eventwright-topics',
      bootstrapBrokers: [...brokers],
      connectTimeout: CONNECT_MS,
      timeout: REQUEST_MS,
      retries: 0,
      ...(sasl === undefined ? {} : { sasl }),
      ...(tls === undefined ? {} : { tls }),
    })
    // The next request tries again.
    opening.catch(() => {
      opened = undefined
    })
    return opening
  }
  return {
    async ask(doing, request) {
      opened ??= open()
      try {
        return await within(opened.then(request), doing, brokers)
      } catch (error) {
        throw explained(error, doing, brokers)
      }
    },
    async close() {
      const admin = await opened?.catch(() => undefined)
      await admin?.close().catch(() => {}) // what was to be done is done, or was told
    },
  }
}

async function within<T>(work: Promise<T>, doing: string, brokers: readonly string[]): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(
      new ClusterUnreachable(
        `${doing}: no answer from ${brokers.join(', ')} within ${(REQUEST_MS + CONNECT_MS) / 1000} s. Check the address, that a Kafka broker runs there, and whether it wants TLS or SASL (--config).`,
      ),
    )
  }, REQUEST_MS + CONNECT_MS)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
