import { jsonText } from '../../event/index.ts'
import { checkId, checkRange } from '../names.ts'
import { limitOf, UNLIMITED } from '../range.ts'
import type { DocumentListOptions, Documents } from '../transaction.ts'
import type { DocumentChange, DocumentRange } from '../unit.ts'
import { compareUtf8 } from '../utf8.ts'
import { refuseEnded, type WorkContext } from './context.ts'

/** A document as the last commit has it, seen once. */
interface Seen {
  readonly revision: number
  readonly text: string | undefined
}

interface Collection {
  readonly context: WorkContext
  readonly name: string
  readonly seen: Map<string, Promise<Seen>>
  readonly changes: Map<string, DocumentChange[]>
}

export type DocumentWork = <Value>(collection: string) => Documents<Value>

export function documentWork(context: WorkContext): DocumentWork {
  const collections = new Map<string, Collection>()
  return <Value>(name: string) => {
    refuseEnded(context)
    checkId(name, 'a collection')
    const collection = collections.get(name) ?? { context, name, seen: new Map(), changes: new Map() }
    collections.set(name, collection)
    return documents<Value>(collection)
  }
}

function documents<Value>(collection: Collection): Documents<Value> {
  const { context, name } = collection
  const check = (id: string): void => checkId(id, `a document id of "${name}"`, name, context.unit.tenant)
  const change = (id: string, made: DocumentChange): void => {
    refuseEnded(context)
    check(id)
    context.unit.writes.documents.push(made)
    const before = collection.changes.get(id)
    // What a put or delete covers is not asked for again.
    if (before === undefined || 'text' in made) collection.changes.set(id, [made])
    else before.push(made)
  }
  return {
    async get(id) {
      refuseEnded(context)
      check(id)
      return (await current(collection, id)) as Value | undefined
    },
    async list(options) {
      refuseEnded(context)
      return (await list(collection, options ?? {})) as { id: string; value: Value }[]
    },
    put(id, value) {
      change(id, { collection: name, id, text: jsonText(value, `document "${id}" of "${name}"`) })
    },
    delete(id) {
      change(id, { collection: name, id, text: undefined })
    },
    update(id, update) {
      change(id, { collection: name, id, update: (value) => update(value as Value | undefined) })
    },
  }
}

async function current(collection: Collection, id: string): Promise<unknown> {
  const needsBase = !('text' in (collection.changes.get(id)?.[0] ?? {}))
  const base = needsBase ? (await see(collection, id)).text : undefined
  const changes = collection.changes.get(id) ?? []
  let value: unknown = base === undefined ? undefined : JSON.parse(base)
  for (const change of changes) {
    if ('update' in change) value = change.update(value)
    else value = change.text === undefined ? undefined : JSON.parse(change.text)
  }
  return value
}

function see(collection: Collection, id: string): Promise<Seen> {
  const { context, name, seen } = collection
  const known = seen.get(id)
  if (known !== undefined) return known
  const asking = context.engine.document(context.unit.tenant, name, id).then((stored) => {
    const now: Seen = { revision: stored?.revision ?? 0, text: stored?.value }
    context.unit.reads.documents.push({ collection: name, id, revision: now.revision })
    return now
  })
  seen.set(id, asking)
  return asking
}

/** The committed ones, with this run's own changes over them. */
async function list(
  collection: Collection,
  options: DocumentListOptions,
): Promise<readonly { readonly id: string; readonly value: unknown }[]> {
  const { context, name } = collection
  const prefix = options.prefix ?? ''
  const after = options.after ?? ''
  checkRange(prefix, after)
  const limit = limitOf(options.limit, UNLIMITED)
  const own = [...collection.changes.keys()].filter(
    (id) => id.startsWith(prefix) && (after === '' || compareUtf8(id, after) > 0),
  )
  // As many more as this run may have deleted.
  const range: DocumentRange = { prefix, after, limit: Math.min(UNLIMITED, limit + own.length) }
  const found = await context.engine.documents(context.unit.tenant, name, range)
  const rows = found.map(({ id, revision }) => ({ id, revision }))
  context.unit.reads.lists.push({ collection: name, range, found: rows })
  const values = new Map<string, unknown>(found.map(({ id, value }) => [id, JSON.parse(value)]))
  for (const id of own) {
    const value = await current(collection, id)
    if (value === undefined) values.delete(id)
    else values.set(id, value)
  }
  return [...values]
    .map(([id, value]) => ({ id, value }))
    .sort((a, b) => compareUtf8(a.id, b.id))
    .slice(0, limit)
}
