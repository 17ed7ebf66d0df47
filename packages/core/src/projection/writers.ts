import type { EventStore, Lease } from '../store/index.ts'
import type { ProjectionDefinition } from './definition.ts'

/** A process that appends with a version of an inline projection. */
interface Writer {
  readonly version: number
  readonly instance: string
}

export const WRITERS = 'eventwright.writers'

/** How long a process that died counts as a writer, in milliseconds of the database's clock. */
const PRESENCE = 30_000

/**
 * Says that this process writes a version of an inline projection, until the returned function is called
 * or the process has been dead for half a minute. Readers are not shown a newer version before that, since
 * such a process does not write it with its appends.
 */
export async function announceWriter(
  store: EventStore,
  { name, version }: ProjectionDefinition,
  instance: string,
): Promise<() => Promise<void>> {
  const id = writerId(name, version, instance)
  let lease: Lease | undefined
  const renew = async (): Promise<void> => {
    lease = await store.leases.acquire(leaseOf(id), instance, PRESENCE)
  }
  await renew()
  await store.transaction((tx) => tx.documents<Writer>(WRITERS).put(id, { version, instance }))
  // A renewal that fails is tried again by the next one; too many of them only let a newer version go live sooner.
  const interval = setInterval(() => void renew().catch(() => undefined), PRESENCE / 3).unref()
  return async () => {
    clearInterval(interval)
    await store.transaction((tx) => tx.documents<Writer>(WRITERS).delete(id))
    if (lease) await store.leases.release(lease)
  }
}

/** Whether a process still writes an older version. Forgets those that died. */
export async function olderWriterLeft(
  store: EventStore,
  { name, version }: ProjectionDefinition,
  instance: string,
): Promise<boolean> {
  const writers = await store.documents<Writer>(WRITERS).list({ prefix: `${encodeURIComponent(name)}/` })
  for (const { id, value } of writers) {
    if (value.version >= version) continue
    const lease = await store.leases.acquire(leaseOf(id), `${instance}/looking`, 1000)
    if (!lease) return true
    await store.transaction((tx) => tx.documents<Writer>(WRITERS).delete(id))
    await store.leases.release(lease)
  }
  return false
}

function writerId(name: string, version: number, instance: string): string {
  return `${encodeURIComponent(name)}/${version}/${encodeURIComponent(instance)}`
}

function leaseOf(id: string): string {
  return `projection-writer:${id}`
}
