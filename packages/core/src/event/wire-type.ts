import { isTechnical } from './event.ts'

/** An event type taken apart as it stands on the wire. */
export interface WireType {
  /** Empty for technical events, and where the wire's type has no dot. */
  readonly namespace: string
  readonly type: string
  readonly schemaVersion: number
}

/** `com.example.shop.OrderPlaced.v2`: namespace, name in code, schema version. Technical events have no namespace. */
export function wireTypeOf({ namespace, type, schemaVersion }: WireType): string {
  const name = isTechnical(type) || namespace === '' ? type : `${namespace}.${type}`
  return `${name}.v${schemaVersion}`
}

/** Takes a wire's type apart; without a version at its end it is version 1. */
export function parseWireType(text: string): WireType {
  const [, name = text, digits = '1'] = /^(.+)\.v([1-9]\d{0,8})$/s.exec(text) ?? []
  const schemaVersion = Number(digits)
  if (isTechnical(name)) return { namespace: '', type: name, schemaVersion }
  const dot = name.lastIndexOf('.')
  return { namespace: name.slice(0, Math.max(dot, 0)), type: name.slice(dot + 1), schemaVersion }
}
