import type { Rows } from './database.ts'

/** An event as the table holds it. */
export interface LoggedEvent {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly id: string
  readonly type: string
  readonly data: { readonly [name: string]: unknown }
  readonly commandId: string | undefined
}

interface EventRow {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly id: string | Uint8Array
  readonly type: string
  readonly data: string
  readonly metadata: string
}

export interface LogPart {
  readonly after?: number
  readonly types?: readonly string[]
}

/** The log of a store, or a part of it, in the order of its positions. */
export async function logOf(rows: Rows, { after = 0, types }: LogPart = {}): Promise<readonly LoggedEvent[]> {
  const ofTypes = types ? `AND e.type IN (${types.map((type) => `'${type}'`).join()})` : ''
  const found = await rows<EventRow>(
    `SELECT e.position, s.name AS stream, e.version, e.id, e.type, e.data, e.metadata
     FROM eventwright_events e JOIN eventwright_streams s ON s.key = e.stream
     WHERE e.position > ${after} ${ofTypes} ORDER BY e.position`,
  )
  return found.map(({ id, data, metadata, ...row }) => ({
    ...row,
    id: typeof id === 'string' ? id : Buffer.from(id).toString('hex'),
    data: JSON.parse(data),
    commandId: JSON.parse(metadata).commandId,
  }))
}

/** A stream's name, in its two parts: `Order-o-1` is `Order` and `o-1`. */
export function partsOf(stream: string): { readonly kind: string; readonly key: string } {
  const at = stream.indexOf('-')
  return { kind: stream.slice(0, at), key: stream.slice(at + 1) }
}
