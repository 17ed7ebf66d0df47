import type { EngineView, ViewQuery } from '../view.ts'
import type { MemoryData } from './data.ts'

/** Reads all of it at once. */
export function viewOf(data: MemoryData, { checkpoint, collections }: ViewQuery): EngineView {
  const wanted = new Set(collections)
  return {
    head: data.log.at(-1)?.position ?? 0,
    checkpoints: [...data.checkpoints].flatMap(([key, stored]) => {
      const { tenant, name } = partsOf(key)
      return name === checkpoint ? [{ tenant, ...stored }] : []
    }),
    documents: [...data.collections].flatMap(([key, { documents }]) => {
      const { tenant, name } = partsOf(key)
      if (!wanted.has(name)) return []
      return [...documents].map(([id, { value }]) => ({ tenant, collection: name, id, text: value }))
    }),
  }
}

/** A key is a tenant and a name; neither holds what stands between them. */
function partsOf(key: string): { readonly tenant: string; readonly name: string } {
  const cut = key.indexOf('\0')
  return { tenant: key.slice(0, cut), name: key.slice(cut + 1) }
}
