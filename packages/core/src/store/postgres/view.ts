import type { EngineView, ViewQuery } from '../view.ts'
import { texts } from './array.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

type ViewRow =
  | { readonly kind: 'head'; readonly position: number | null }
  | {
      readonly kind: 'checkpoint'
      readonly tenant: string
      readonly position: number
      readonly epoch: string
    }
  | {
      readonly kind: 'document'
      readonly tenant: string
      readonly collection: string
      readonly id: string
      readonly text: string
    }

/**
 * In one statement, so as one commit left them. The head is the last position of what the documents may hold: below
 * it one may be open still.
 */
export async function viewOf(
  reader: Reader,
  tables: Tables,
  { checkpoint, collections }: ViewQuery,
): Promise<EngineView> {
  const rows = await reader.rows<ViewRow>(
    `SELECT 'head' AS kind, max(position) AS position, NULL AS tenant, NULL AS epoch, NULL AS collection,
       NULL AS id, NULL AS text FROM ${tables.events}
     UNION ALL
     SELECT 'checkpoint', position, tenant, epoch, NULL, NULL, NULL FROM ${tables.checkpoints} WHERE name = $1
     UNION ALL
     SELECT 'document', NULL, tenant, NULL, collection, id, value FROM ${tables.documents}
     WHERE collection = ANY ($2::text[])`,
    [checkpoint, texts(collections)],
  )
  const of = <Kind extends ViewRow['kind']>(kind: Kind): readonly Extract<ViewRow, { kind: Kind }>[] =>
    rows.filter((row): row is Extract<ViewRow, { kind: Kind }> => row.kind === kind)
  return {
    head: of('head')[0]?.position ?? 0,
    checkpoints: of('checkpoint').map(({ tenant, position, epoch }) => ({ tenant, position, epoch })),
    documents: of('document').map(({ tenant, collection, id, text }) => ({ tenant, collection, id, text })),
  }
}
