import type { Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { ENVELOPE_ID } from '../envelope/schema.ts'
import { checkedSchema, fragmentOf } from './checked-schema.ts'
import { readDocument } from './read-document.ts'
import { withReferenced } from './references.ts'
import { draftOf, nameParts, type SchemaSet } from './schema-set.ts'
import { createValidators } from './validators.ts'

const NOTHING: SchemaSet = { documents: [], events: [] }

type CatalogContent = { readonly namespace?: string; readonly events: { readonly [type: string]: unknown } }

/** The schemas of a catalog file: event types with the schemas of their payloads. @throws InputUnreadable */
export function catalogFileSchemas(file: string, report: Report<Code>): SchemaSet {
  const document = readDocument(file, report)
  if (document === undefined) return NOTHING
  const { content } = document
  if (!isCatalog(content)) {
    const [error] = createValidators([]).of(`${ENVELOPE_ID}#catalog`, '2020-12').errors(content)
    const path = (error?.instancePath ?? '').split('/').slice(1)
    const unknown: unknown = error?.params.additionalProperty
    const at = typeof unknown === 'string' ? [...path, unknown] : path
    const detail = typeof unknown === 'string' ? ` (\`${unknown}\`)` : ''
    const message = `This is no catalog file: ${path.length > 0 ? `/${path.join('/')} ` : 'it '}${error?.message ?? 'is empty'}${detail}.`
    report(
      'catalog-broken',
      document.place(at),
      message,
      'Write `events:` with a schema for each type, and `namespace:`.',
    )
    return NOTHING
  }
  const events = Object.entries(content.events).flatMap(([type, schema]) => {
    const path = ['events', type]
    const own = content.namespace === undefined ? {} : { namespace: content.namespace }
    const rest = {
      uri: `${document.uri}${fragmentOf(path)}`,
      place: document.place(path),
      draft: draftOf(schema),
    }
    return checkedSchema({ ...own, ...nameParts(type), ...rest, covers: 'data' }, [document, path], report)
  })
  const documents = withReferenced([document], report).map(({ uri, content }) => ({ uri, content }))
  return { documents, events }
}

function isCatalog(content: unknown): content is CatalogContent {
  return createValidators([]).of(`${ENVELOPE_ID}#catalog`, '2020-12').accepts(content)
}
