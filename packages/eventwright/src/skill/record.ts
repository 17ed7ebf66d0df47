import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlainPath } from './guard.ts'
import { RECORD, SKILL } from './name.ts'
import { type Files, hashOf } from './pack.ts'

/** What was installed: the version, and each file's hash as it was shipped. */
export interface InstallRecord {
  readonly version: string
  readonly files: ReadonlyMap<string, string>
}

/** The record as the text of its file; equal installs have equal records, so that a commit shows no noise. */
export function recordText({ version, files }: InstallRecord): string {
  return `${JSON.stringify({ name: SKILL, version, files: Object.fromEntries(files) }, null, 2)}\n`
}

/** The record of files that are as they were shipped. */
export function recordOf(version: string, files: Files): InstallRecord {
  return { version, files: new Map([...files].map(([path, content]) => [path, hashOf(content)])) }
}

/** The files as they are written: with the record. */
export function withRecord(record: InstallRecord, files: Files): Files {
  return new Map([...files, [RECORD, Buffer.from(recordText(record))]])
}

/** The record in an installed skill. Undefined where there is none, or it is none of ours: then nothing is known. */
export async function readRecord(folder: string): Promise<InstallRecord | undefined> {
  try {
    return parse(JSON.parse(await readFile(join(folder, RECORD), 'utf8')))
  } catch {
    return undefined
  }
}

function parse(value: unknown): InstallRecord | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || value.name !== SKILL)
    return undefined
  if (!('version' in value) || typeof value.version !== 'string') return undefined
  if (!('files' in value) || typeof value.files !== 'object' || value.files === null) return undefined
  const files = new Map<string, string>()
  for (const [path, hash] of Object.entries(value.files)) {
    if (!isPlainPath(path) || typeof hash !== 'string') return undefined
    files.set(path, hash)
  }
  return { version: value.version, files }
}
