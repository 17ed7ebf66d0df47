import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { UsageError } from './usage-error.ts'

/** Where a file goes, from a folder, and what it holds. */
export interface NewFile {
  readonly path: string
  readonly text: string
}

/**
 * Writes files into a folder, which is made where only its last part is missing. All are written before the first takes its place,
 * so that a full disk or a signal leaves what was there. @throws UsageError, and what the disk says
 */
export async function writeFiles(folder: string, files: readonly NewFile[]): Promise<void> {
  await makeFolder(folder)
  for (const { path } of files) await checkFile(join(folder, path))
  const mark = randomUUID().slice(0, 8)
  const waiting = files.map(({ path, text }) => ({
    text,
    to: join(folder, path),
    from: join(folder, `.${path}.${mark}.tmp`),
  }))
  const remove = (): void => {
    for (const { from } of waiting) rmSync(from, { force: true })
  }
  process.once('exit', remove)
  try {
    for (const { from, text } of waiting) await writeFile(from, text, { flag: 'wx' })
    for (const { from, to } of waiting) await rename(from, to)
  } finally {
    remove()
    process.off('exit', remove)
  }
}

async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) await mkdir(folder)
  else if (!found.isDirectory()) throw new UsageError(`${folder} is there, and is no folder. Name another.`)
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory())
    throw new UsageError(`${path} is a folder. Name another one for --out, or move it.`)
}
