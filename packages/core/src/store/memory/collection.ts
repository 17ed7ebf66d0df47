import type { StoredDocument } from '../stored.ts'
import type { DocumentRange } from '../unit.ts'
import { compareUtf8 } from '../utf8.ts'

/** Documents by id, with the ids in the order of their UTF-8 bytes. */
export interface Collection {
  readonly documents: Map<string, StoredDocument>
  readonly ids: string[]
}

export function emptyCollection(): Collection {
  return { documents: new Map(), ids: [] }
}

export function write(collection: Collection, id: string, document: StoredDocument | undefined): void {
  const { documents, ids } = collection
  const was = documents.has(id)
  if (document === undefined) {
    if (!was) return
    documents.delete(id)
    ids.splice(firstNotBefore(ids, id), 1)
    return
  }
  if (!was) ids.splice(firstNotBefore(ids, id), 0, id)
  documents.set(id, document)
}

export function inRange(
  { documents, ids }: Collection,
  { prefix, after, limit }: DocumentRange,
): readonly (StoredDocument & { readonly id: string })[] {
  const rows: (StoredDocument & { readonly id: string })[] = []
  const start = compareUtf8(after, prefix) > 0 ? after : prefix
  for (let index = firstNotBefore(ids, start); index < ids.length && rows.length < limit; index++) {
    const id = ids[index]
    const document = id === undefined ? undefined : documents.get(id)
    if (id === undefined || document === undefined || !id.startsWith(prefix)) break
    if (id !== after) rows.push({ id, ...document })
  }
  return rows
}

function firstNotBefore(ids: readonly string[], id: string): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareUtf8(ids[middle] ?? '', id) < 0) low = middle + 1
    else high = middle
  }
  return low
}
