import type { Admin, AdminOptions } from '@platformatic/kafka'

/**
 * Opens an admin client. Over TLS it tells servers by what name they are called, by which a proxy before several
 * clusters knows which is meant. It tells all or none (https://github.com/platformatic/kafka/pull/61): none where a
 * server's name is one that others would refuse.
 */
export async function openAdmin(options: AdminOptions): Promise<Admin> {
  // The client is large, and `topics lint` does without.
  const kafka = await import('@platformatic/kafka')
  if (!options.tls) return new kafka.Admin(options)
  const { hasServerName } = await import('@eventwright/core/kafka')
  const named = options.bootstrapBrokers.every((broker) => hasServerName(hostOf(broker)))
  if (!named) return new kafka.Admin(options)
  const admin = new kafka.Admin({ ...options, tlsServerName: true })
  if ((await hostsOf(admin)).every(hasServerName)) return admin
  await admin.close()
  return new kafka.Admin(options)
}

/** By what the cluster says that its servers are reached. */
async function hostsOf(admin: Admin): Promise<readonly string[]> {
  try {
    const { brokers } = await admin.metadata({ topics: [] })
    return [...brokers.values()].map(({ host }) => host)
  } catch (error) {
    await admin.close()
    throw error
  }
}

function hostOf(broker: AdminOptions['bootstrapBrokers'][number]): string {
  return typeof broker === 'string' ? broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') : broker.host
}
