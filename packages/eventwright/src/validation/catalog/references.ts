import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { type ReadDocument, readDocument } from './read-document.ts'

/** These documents, and every file that they refer to, one from the other. What is not there is reported. */
export function withReferenced(
  documents: readonly ReadDocument[],
  report: Report<Code>,
): readonly ReadDocument[] {
  const byUri = new Map(documents.map((document) => [document.uri, document]))
  // A Map that grows while it is gone through gives what was added too.
  for (const document of byUri.values()) {
    for (const { ref, path } of referencesIn(document.content)) {
      const target = targetOf(ref, document)
      if (target === undefined || byUri.has(target)) continue
      const read = readTarget(
        target,
        () => {
          report(
            'catalog-broken',
            document.place(path),
            `There is no ${ref}, which is referred to here.`,
            'Mend the $ref; it starts from this file.',
          )
        },
        report,
      )
      if (read !== undefined) byUri.set(target, read)
    }
  }
  return [...byUri.values()]
}

function readTarget(uri: string, missing: () => void, report: Report<Code>): ReadDocument | undefined {
  const path = pathOf(uri)
  if (isFile(path)) return readDocument(relative('', path) || path, report)
  missing()
  return undefined
}

/** Empty where it is no path: `%zz`, another host. */
function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri)
  } catch {
    return ''
  }
}

function isFile(path: string): boolean {
  return path !== '' && statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

type Reference = { readonly ref: string; readonly path: readonly (string | number)[] }

function* referencesIn(value: unknown, path: readonly (string | number)[] = []): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* referencesIn(item, [...path, index])
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref' && typeof member === 'string') yield { ref: member, path: [...path, key] }
    // What these hold is data, not schema.
    else if (!['const', 'enum', 'default', 'example', 'examples'].includes(key))
      yield* referencesIn(member, [...path, key])
  }
}

/** The file that a reference leads to; undefined for what stays inside, or is named by an `$id` or a web address. */
function targetOf(ref: string, { uri, content }: ReadDocument): string | undefined {
  if (ref.startsWith('#')) return undefined
  const hasId = typeof content === 'object' && content !== null && '$id' in content
  const target = URL.parse(ref, uri)
  if (target?.protocol !== 'file:') return undefined
  target.hash = ''
  const isThere = isFile(pathOf(target.href))
  return hasId && !isThere ? undefined : target.href
}
