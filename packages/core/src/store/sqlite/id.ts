const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID takes 16 bytes instead of 36; any other id stays text. Only the form that comes back the same is packed. */
export function packId(id: string): Uint8Array | string {
  if (id.length !== 36 || !UUID.test(id)) return id
  return Buffer.from(
    id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24),
    'hex',
  )
}

/**
 * The column of an event `e`, as text for `readId`: SQLite writes the hex of a packed one sooner than a buffer is made
 * of it. The others are marked, since their text may look like that.
 */
export const ID = "CASE typeof(e.id) WHEN 'blob' THEN lower(hex(e.id)) ELSE '=' || e.id END"

export function readId(text: string): string {
  if (text.startsWith('=')) return text.slice(1)
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`
}
