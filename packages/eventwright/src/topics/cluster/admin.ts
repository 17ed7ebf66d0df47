import { isIP } from 'node:net'
import type { Admin, AdminOptions } from '@platformatic/kafka'

/**
 * Opens an admin client. Over TLS it tells servers by what name they are called, by which a proxy before several
 * clusters knows which is meant. It tells all or none (https://github.com/platformatic/kafka/pull/61): none where a
 * server's name is one that others would refuse.
 */
export async function openAdmin(options: AdminOptions): Promise<Admin> {
  // The client is large, and `topics lint` does without.
  const kafka = await import('@platformatic/kafka')
  if (!options.tls || !options.bootstrapBrokers.every((broker) => isServerName(hostOf(broker))))
    return new kafka.Admin(options)
  const admin = new kafka.Admin({ ...options, tlsServerName: true })
  if (await allHaveNames(admin)) return admin
  await admin.close()
  return new kafka.Admin(options)
}

/** Also those that the cluster tells of. */
async function allHaveNames(admin: Admin): Promise<boolean> {
  try {
    const { brokers } = await admin.metadata({ topics: [] })
    return [...brokers.values()].every(({ host }) => isServerName(host))
  } catch (error) {
    await admin.close()
    throw error
  }
}

function hostOf(broker: AdminOptions['bootstrapBrokers'][number]): string {
  return typeof broker === 'string' ? broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') : broker.host
}

/** As RFC 6066 has it: no address, and nothing that is no host name, which servers on Java turn away. */
export function isServerName(host: string): boolean {
  return isIP(host) === 0 && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(host)
}
