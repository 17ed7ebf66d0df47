import type { Rebuild, ViewedDocument } from '@eventwright/core'
import { type Difference, differences } from '../diff.ts'

/** A document that the live read model and the rebuilt one do not have alike. */
export interface DocumentDifference {
  /** `missing`: only the rebuilt one has it. `surplus`: only the live one has it. */
  readonly kind: 'missing' | 'surplus' | 'different'
  readonly tenant: string
  readonly collection: string
  readonly id: string
  /** Live as `before`, rebuilt as `after`. */
  readonly fields: readonly Difference[]
}

/** How a live read model differs from a rebuilt one. */
export interface Comparison {
  /** Documents that are live. */
  readonly documents: number
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** The first of them. */
  readonly found: readonly DocumentDifference[]
}

/** Compares documents by their values: the order of properties does not count. At most `limit` are told. */
export function compare(live: readonly ViewedDocument[], rebuild: Rebuild, limit: number): Comparison {
  const counts = { missing: 0, surplus: 0, different: 0 }
  const found: DocumentDifference[] = []
  const ids = new Map<string, Set<string>>()

  function tell(
    kind: DocumentDifference['kind'],
    place: ViewedDocument,
    fields: readonly Difference[],
  ): void {
    counts[kind]++
    const { tenant, collection, id } = place
    if (found.length < limit) found.push({ kind, tenant, collection, id, fields })
  }

  for (const document of live) {
    idsIn(ids, document).add(document.id)
    const text = rebuild.text(document)
    if (text === undefined) tell('surplus', document, [{ path: '', before: JSON.parse(document.text) }])
    else if (text !== document.text) {
      const fields = differences(JSON.parse(document.text), JSON.parse(text))
      if (fields.length > 0) tell('different', document, fields)
    }
  }
  for (const document of rebuild.documents()) {
    if (idsIn(ids, document).has(document.id)) continue
    tell('missing', document, [{ path: '', after: JSON.parse(document.text) }])
  }
  return { documents: live.length, ...counts, found }
}

function idsIn(ids: Map<string, Set<string>>, { tenant, collection }: ViewedDocument): Set<string> {
  const name = JSON.stringify([tenant, collection])
  const known = ids.get(name) ?? new Set()
  ids.set(name, known)
  return known
}
