import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { InputUnreadable, reasonOf } from '../errors.ts'
import { checkedSchema } from './checked-schema.ts'
import { type ReadDocument, readDocument } from './read-document.ts'
import { withReferenced } from './references.ts'
import { draftOf, nameParts, type SchemaSet } from './schema-set.ts'

/**
 * The schemas of a folder, laid out as `catalog({ schemas })` of @eventwright/core takes it: `OrderPlaced.json`, of
 * older versions `OrderPlaced.v1.json`; files in folders below, and those that begin with `_`, are there to be referred
 * to. @throws InputUnreadable
 */
export function folderSchemas(folder: string, report: Report<Code>): SchemaSet {
  const documents = filesOf(folder).flatMap((file) => readDocument(file, report) ?? [])
  const own = documents.filter(
    ({ file }) => join(folder, basename(file)) === file && !basename(file).startsWith('_'),
  )
  if (own.length === 0 && report.findings.length === 0)
    throw new InputUnreadable(
      `The folder ${folder} holds no schema. Name them OrderPlaced.json or OrderPlaced.v1.json.`,
    )
  const events = own.flatMap((document) => {
    const parts = nameParts(basename(document.file).replace(/(\.schema)?\.json$/, ''))
    if (!hasGoodName(parts, document, report)) return []
    const draft = draftOf(document.content)
    return checkedSchema(
      { ...parts, uri: document.uri, place: document.place([]), covers: 'data', draft },
      [document, []],
      report,
    )
  })
  const all = withReferenced(documents, report)
  return { documents: all.map(({ uri, content }) => ({ uri, content })), events }
}

function hasGoodName(
  { name, namespace }: ReturnType<typeof nameParts>,
  { file, place }: ReadDocument,
  report: Report<Code>,
): boolean {
  if (namespace === undefined && name !== '') return true
  report(
    'catalog-broken',
    place([]),
    `The name ${basename(file)} cannot name an event type.`,
    'Use a name without a dot, or NAME.vN.json.',
  )
  return false
}

function filesOf(folder: string): readonly string[] {
  try {
    if (!statSync(folder).isDirectory())
      throw new InputUnreadable(`${folder} is a file, not a folder of schemas.`)
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    if (error instanceof InputUnreadable) throw error
    throw new InputUnreadable(`The folder of schemas ${folder} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
    })
  }
}
