import type { Message } from '../../broker/index.ts'
import { type RelayOptions, type Route, relay } from '../../delivery/index.ts'
import { TOPIC } from './tales.ts'
import type { Process } from './world.ts'

/** Sends `{ key, value }` of each `Said` to the topic. */
export const say: Route = ({ id, type, data }) => {
  if (type !== 'Said') return []
  const { key, value = 'x' } = data as { key: string; value?: string }
  return [{ topic: TOPIC, message: { id, key, headers: {}, value } }]
}

/** Appends `Said` events `KEY-NUMBER`, each to the stream of its key. */
export async function append(process: Process, ids: readonly string[], value?: string): Promise<void> {
  for (const id of ids) {
    const key = id.slice(0, id.indexOf('-'))
    await process.store.append(`said-${key}`, [
      { id, type: 'Said', data: { key, ...(value ? { value } : {}) } },
    ])
  }
}

/** What was published, by key, in order; acknowledged at once. */
export async function listening(process: Process): Promise<{ ids(key: string): string[]; all: Message[] }> {
  const all: Message[] = []
  await process.broker.ensureTopic(TOPIC)
  await process.broker.subscribe({ group: 'ear', topics: [TOPIC] }, async (messages, delivery) => {
    for (const message of messages) {
      all.push(message)
      delivery.ack(message)
    }
  })
  return { all, ids: (key) => all.filter((message) => message.key === key).map(({ id }) => id) }
}

/** A relay of what was said. */
export function starting(
  process: Process,
  options: Partial<RelayOptions> = {},
): ReturnType<Process['start']> {
  return process.start(relay(process.runtime, { route: say, ...options }))
}

/** Each once: at least once means that some come twice. */
export function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}

/** The ids `KEY-FROM` to `KEY-TO`. */
export const numbered = (key: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${key}-${from + at}`)
