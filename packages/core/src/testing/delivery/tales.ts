import type { Message } from '../../broker/index.ts'
import { type Catalog, createCatalog } from '../../catalog/index.ts'
import {
  type Component,
  type ConsumerOptions,
  type Delivered,
  eventMessage,
  eventParser,
  messageConsumer,
} from '../../delivery/index.ts'
import type { RecordedEvent } from '../../event/index.ts'
import type { Tx } from '../../store/index.ts'
import type { Process } from './world.ts'

export const catalog: Catalog = createCatalog({ namespace: 'test' })

export interface Told {
  readonly type?: string
  readonly data?: unknown
  readonly stream?: string
  readonly tenant?: string
  readonly epoch?: string
  readonly schemaVersion?: number
}

/** The message of an event `Told` of stream `thing-KEY`. */
export function told(key: string, version: number, more: Told = {}): Message {
  const event: RecordedEvent = {
    id: `${more.tenant ?? ''}${more.stream ?? key}-${version}`,
    type: more.type ?? 'Told',
    data: more.data ?? {},
    schemaVersion: more.schemaVersion ?? 1,
    metadata: {},
    tenant: more.tenant ?? '',
    stream: more.stream ?? `thing-${key}`,
    version,
    position: version,
    recordedAt: Date.UTC(2026, 0, 1),
  }
  return eventMessage(event, { catalog, source: '/test', epoch: more.epoch ?? 'e1' })
}

export const TOPIC = 'tales'

export interface HearOptions extends Partial<ConsumerOptions<RecordedEvent>> {
  /** Runs before the effect is written. */
  readonly before?: (delivered: Delivered<RecordedEvent>, tx: Tx) => Promise<void> | void
  readonly types?: readonly string[]
  readonly known?: Catalog
}

/** A consumer whose effect is an event in the stream `heard-KEY`. */
export function hearing(process: Process, options: HearOptions = {}): Component {
  const { before, types = ['Told'], known = catalog, ...rest } = options
  return messageConsumer(process.runtime, {
    group: 'listener',
    topics: [TOPIC],
    parse: eventParser({ catalog: known, types: new Set(types) }),
    handle: async (delivered, tx) => {
      await before?.(delivered, tx)
      const { key } = delivered.message
      const { version } = delivered.value
      await tx.append(`heard-${key}`, [{ type: 'Heard', data: { version, topic: delivered.message.topic } }])
    },
    ...rest,
  })
}

/** The versions that were heard of a key, in order. */
export async function heard(process: Process, key: string, tenant = ''): Promise<readonly number[]> {
  const { events } = await process.store.read(`heard-${key}`, { tenant })
  return events.map(({ data }) => (data as { version: number }).version)
}
