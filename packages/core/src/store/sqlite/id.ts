const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID takes 16 bytes instead of 36; any other id stays text. Only the form that comes back the same is packed. */
export function packId(id: string): Uint8Array | string {
  if (id.length !== 36 || !UUID.test(id)) return id
  return Buffer.from(
    id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24),
    'hex',
  )
}

export function unpackId(id: Uint8Array | string): string {
  if (typeof id === 'string') return id
  const hex = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
