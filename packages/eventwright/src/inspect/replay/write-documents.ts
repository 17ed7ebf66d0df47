import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { Rebuild } from '@eventwright/core'

/** Writes rebuilt documents as NDJSON, one a line; a file of that name is replaced once all is written. */
export async function writeDocuments(path: string, rebuild: Rebuild): Promise<void> {
  const half = `${path}.part`
  const out = createWriteStream(half)
  try {
    for (const { tenant, collection, id, text } of rebuild.documents()) {
      const place = JSON.stringify({ tenant, collection, id })
      // The text is JSON already, and is not parsed for this.
      if (!out.write(`${place.slice(0, -1)},"value":${text}}\n`)) await once(out, 'drain')
    }
    out.end()
    await finished(out)
    await rename(half, path)
  } catch (error) {
    out.destroy()
    await rm(half, { force: true })
    throw error
  }
}
