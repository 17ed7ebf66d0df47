import { printable } from '../findings/index.ts'
import type { Difference, DocumentDifference, Replayed } from '../inspect/index.ts'
import { counted } from './dead-options.ts'
import { valueText } from './value-text.ts'

/** What differs, a document a paragraph, and what that comes to. */
export function replayText(replayed: Replayed): string {
  const { comparison } = replayed
  const { missing, surplus, different, found, documents } = comparison
  const all = missing + surplus + different
  const lines = found.flatMap(linesOf)
  const more = all > found.length ? [`… and ${counted(all - found.length, 'more document')} (--limit)`] : []
  const sum =
    all === 0
      ? `${counted(documents, 'document')}, all as rebuilt.`
      : `${counted(documents, 'live document')}: ${different} different, ${surplus} surplus, ${missing} missing.`
  const body = [...lines, ...more]
  return `${[...body, ...(body.length > 0 ? [''] : []), `${headOf(replayed)}: ${sum}`, ...notesOf(replayed)].join('\n')}\n`
}

function headOf({ projection, version, position }: Replayed): string {
  return `${printable(projection)} (version ${version}) at position ${position}`
}

function notesOf({ version, live, position, livePosition }: Replayed): readonly string[] {
  return [
    ...(version === live
      ? []
      : [`Version ${live} is live: what differs may be what the new version is for.`]),
    ...(position === livePosition
      ? []
      : [`The live one stands at ${livePosition}: what differs may have come between.`]),
  ]
}

const WORDS = { missing: 'missing  ', surplus: 'surplus  ', different: 'different' } as const

function linesOf({ kind, tenant, collection, id, fields }: DocumentDifference): readonly string[] {
  const of = tenant === '' ? '' : ` of tenant ${tenant}`
  const head = `${WORDS[kind]} ${printable(`${collection}/${id}${of}`)}`
  return [head, ...fields.map(fieldLine)]
}

function fieldLine({ path, before, after }: Difference): string {
  const place = path === '' ? '' : `${printable(path)}: `
  return `  ${place}live ${valueText(before)}, rebuilt ${valueText(after)}`
}
