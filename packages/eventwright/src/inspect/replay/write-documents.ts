import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { Rebuild } from '@eventwright/core'
import { NotThere } from '../errors.ts'

/**
 * Writes rebuilt documents as NDJSON, one a line. A file of that name is replaced once all is written; a pipe or a
 * device, such as `/dev/stdout`, is written to. Where the signal aborts, what was there stays. @throws NotThere where it is no place for a file, and what the disk says
 */
export async function writeDocuments(path: string, rebuild: Rebuild, signal: AbortSignal): Promise<void> {
  const { file, replaced } = await placeOf(path)
  if (!replaced) {
    await writeAll(file, rebuild, signal)
    return
  }
  const half = `${file}.part`
  try {
    await writeAll(half, rebuild, signal)
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

async function writeAll(file: string, rebuild: Rebuild, signal: AbortSignal): Promise<void> {
  const out = createWriteStream(file)
  try {
    for (const { tenant, collection, id, text } of rebuild.documents()) {
      const place = JSON.stringify({ tenant, collection, id })
      // The text is JSON already, and is not parsed for this.
      if (!out.write(`${place.slice(0, -1)},"value":${text}}\n`)) await once(out, 'drain', { signal })
    }
    out.end()
    await finished(out, { signal })
  } catch (error) {
    out.destroy()
    // Until then it may still be opened, and so made.
    if (!out.closed) await new Promise<void>((resolve) => out.once('close', resolve))
    throw signal.aborted ? signal.reason : error
  }
}
