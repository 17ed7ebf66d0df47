import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { Rebuild } from '@eventwright/core'
import { NotThere } from '../errors.ts'

/**
 * Writes rebuilt documents as NDJSON, one a line. A file of that name is replaced once all is written; a pipe or a
 * device, such as `/dev/stdout`, is written to. @throws NotThere where it is no place for a file, and what the disk says
 */
export async function writeDocuments(path: string, rebuild: Rebuild): Promise<void> {
  const { file, replaced } = await placeOf(path)
  if (!replaced) {
    await writeAll(file, rebuild)
    return
  }
  const half = `${file}.part`
  try {
    await writeAll(half, rebuild)
    await rename(half, file)
  } catch (error) {
    await rm(half, { force: true })
    throw error
  }
}

async function placeOf(path: string): Promise<{ readonly file: string; readonly replaced: boolean }> {
  const found = await stat(path).catch(() => undefined)
  if (path === '' || found?.isDirectory()) throw new NotThere(`'${path}' is no file: name one to write to.`)
  if (found === undefined) return { file: path, replaced: true }
  // What a link leads to is replaced, not the link.
  return found.isFile() ? { file: await realpath(path), replaced: true } : { file: path, replaced: false }
}

async function writeAll(file: string, rebuild: Rebuild): Promise<void> {
  const out = createWriteStream(file)
  try {
    for (const { tenant, collection, id, text } of rebuild.documents()) {
      const place = JSON.stringify({ tenant, collection, id })
      // The text is JSON already, and is not parsed for this.
      if (!out.write(`${place.slice(0, -1)},"value":${text}}\n`)) await once(out, 'drain')
    }
    out.end()
    await finished(out)
  } catch (error) {
    out.destroy()
    throw error
  }
}
