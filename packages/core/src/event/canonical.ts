import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * The one text of a JSON value (RFC 8785): keys sorted, numbers as JavaScript writes them, undefined
 * properties left out. Two values are the same data exactly if their canonical texts are equal.
 * @throws TypeError for what JSON cannot say
 */
export function canonical(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError(`JSON cannot say ${typeof value}`)
  return text
}

/** SHA-256 of the canonical text, in hex: what a command record compares. */
export function hashOf(value: unknown): string {
  return hash('sha256', canonical(value))
}
