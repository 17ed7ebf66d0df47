import { shownUrl } from '@eventwright/core/engines'
import type { Admin } from '@platformatic/kafka'
import { parameterOf } from './url.ts'

/** What is left where it is not removed. */
export function remainsOfTopics(url: string): string {
  return `${shownUrl(url)}: delete the topics and groups that begin with ${parameterOf(url, 'prefix')}`
}

/** Removes the topics and groups whose names begin with the prefix that the URL names. */
export async function dropTopics(url: string): Promise<void> {
  const { kafkaConnection } = await import('@eventwright/core/kafka')
  const { prefix, ...connection } = kafkaConnection(url)
  // All topics begin with nothing.
  if (prefix === '') return
  try {
    const { openAdmin } = await import('../topics/index.ts')
    const admin = await openAdmin({ clientId: 'eventwright-run', retries: 3, ...connection })
    try {
      await drop(admin, prefix)
    } finally {
      await admin.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `${shownUrl(url)}: the run's own topics could not be removed (${reason}): delete those that begin with ${prefix}`,
      { cause: error },
    )
  }
}

async function drop(admin: Admin, prefix: string): Promise<void> {
  const isOwn = (name: string): boolean => name.startsWith(prefix)
  const topics = (await admin.listTopics()).filter(isOwn)
  if (topics.length > 0) await admin.deleteTopics({ topics })
  const groups = [...(await admin.listGroups()).keys()].filter(isOwn)
  if (groups.length > 0) await admin.deleteGroups({ groups })
}
