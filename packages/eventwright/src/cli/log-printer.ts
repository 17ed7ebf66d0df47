import { once } from 'node:events'
import process from 'node:process'
import { type EventStore, type RecordedEvent, toCloudEvent } from '@eventwright/core'
import { placeName } from '../engines/index.ts'
import { printableJson } from '../findings/index.ts'
import { lineOf } from '../inspect/index.ts'
import { paint } from './style.ts'

/** How events are printed. */
export interface LogShape {
  readonly json?: boolean
  /** False: without payloads. */
  readonly data: boolean
  readonly namespace?: string
  readonly service?: string
}

export interface LogPrinter {
  /** Resolves when the reader has kept up. */
  print(events: readonly RecordedEvent[], signal: AbortSignal): Promise<void>
}

export function printerOf(store: EventStore, shape: LogShape): LogPrinter {
  const lineFor = shape.json ? envelopes(store, shape) : lines(shape)
  return {
    async print(events, signal) {
      const text = events.map((event) => `${lineFor(event)}\n`).join('')
      if (text === '' || process.stdout.write(text)) return
      await once(process.stdout, 'drain', { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error
      })
    },
  }
}

function envelopes(
  store: EventStore,
  { data, namespace = '', service }: LogShape,
): (event: RecordedEvent) => string {
  const source = `/services/${encodeURIComponent(service ?? placeName(store.url))}`
  return (event) => {
    const { data: payload, ...envelope } = toCloudEvent(event, { source, namespace, epoch: store.epoch })
    return printableJson(data ? { ...envelope, data: payload } : envelope)
  }
}

function lines({ data }: LogShape): (event: RecordedEvent) => string {
  let [widest, type] = [0, 0]
  return (event) => {
    const line = lineOf(event)
    // Columns as wide as what has come so far: the log is printed as it is read.
    widest = Math.max(widest, line.place.length)
    type = Math.max(type, data ? line.type.length : 0)
    const parts = [
      line.position.padStart(8),
      paint('dim', line.time),
      line.place.padEnd(widest),
      paint('bold', line.type) + ' '.repeat(Math.max(0, type - line.type.length)),
      ...(data ? [line.data] : []),
    ]
    return parts.join('  ').trimEnd()
  }
}
