import { idBounds } from '../document-range.ts'
import type { StoredDocument } from '../stored.ts'
import type { DocumentRange } from '../unit.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

/** Which documents: `name` is the collection. */
export interface Listing {
  readonly tenant: string
  readonly name: string
  readonly range: DocumentRange
}

interface DocumentRevision {
  readonly id: string
  readonly revision: number
}

/** In the order of the ids' bytes, which is the collation of the column. */
export function documentsInRange(
  reader: Reader,
  tables: Tables,
  listing: Listing,
): Promise<readonly (StoredDocument & { readonly id: string })[]> {
  return reader.rows(selectRange(tables, 'id, revision, value', listing), valuesOf(listing))
}

export function revisionsInRange(
  reader: Reader,
  tables: Tables,
  listing: Listing,
): Promise<readonly DocumentRevision[]> {
  return reader.rows(selectRange(tables, 'id, revision', listing), valuesOf(listing))
}

function selectRange({ documents }: Tables, columns: string, { range }: Listing): string {
  const upTo = idBounds(range).end === undefined ? '' : 'AND id < $6'
  return `SELECT ${columns} FROM ${documents}
    WHERE tenant = $1 AND collection = $2 AND id >= $3 AND id <> $4 ${upTo} ORDER BY id LIMIT $5`
}

function valuesOf({ tenant, name, range }: Listing): readonly (string | number)[] {
  const { from, after, end } = idBounds(range)
  return [tenant, name, from, after, range.limit, ...(end === undefined ? [] : [end])]
}
