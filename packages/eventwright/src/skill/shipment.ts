import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { SkillNotFound } from './errors.ts'
import { messageOf } from './fault.ts'
import { type SkillFolder, skillFolder } from './folder.ts'
import { type Files, hashOf, readFrontmatter, readPack } from './pack.ts'
import { type InstallRecord, readRecord, recordOf } from './record.ts'

/** The bundled command in a skill, from its folder. */
export const COMMAND = 'scripts/eventwright.mjs'

/** What an install writes. */
export interface Shipment {
  readonly version: string
  readonly files: Files
  /** What the files are measured against later: an edit that was made before the install is still one after it. */
  readonly record: InstallRecord
  /** Where it was read. */
  readonly from: SkillFolder
  /** Files of it that somebody edited there, where that can be told. */
  readonly edited: readonly string[]
}

/** The skill that goes with this command, whole, with the bundled command in it. */
export async function shipment(from: SkillFolder = skillFolder()): Promise<Shipment> {
  const files = new Map(await readPack(from.folder))
  if (from.origin === 'checkout') files.set(COMMAND, await builtCommand(from.folder))
  if (!files.has(COMMAND)) {
    throw new SkillNotFound(
      `${join(from.folder, COMMAND)} is missing. Install the package anew; in a checkout, npm pack builds it.`,
    )
  }
  const { version } = readFrontmatter(files.get('SKILL.md')?.toString() ?? '')
  if (version === undefined) throw new SkillNotFound(`${from.folder}/SKILL.md states no metadata.version.`)
  const record = await readRecord(from.folder)
  const edited = record ? [...files].flatMap(([path, text]) => (isAs(record, path, text) ? [] : [path])) : []
  return {
    version: record?.version ?? version,
    files,
    record: record ?? recordOf(version, files),
    from,
    edited,
  }
}

function isAs({ files }: InstallRecord, path: string, content: Buffer): boolean {
  return files.get(path) === hashOf(content)
}

/** In a checkout the bundle is built when it is needed, since it is not in git. */
async function builtCommand(folder: string): Promise<Buffer> {
  const script = join(folder, '../../scripts/skill-bundle.mjs')
  if (!existsSync(script)) throw new SkillNotFound(`${script}, which builds the command, is missing.`)
  const temporary = await mkdtemp(join(tmpdir(), 'eventwright-bundle-'))
  try {
    const out = join(temporary, 'eventwright.mjs')
    await promisify(execFile)(process.execPath, [script, out])
    return await readFile(out)
  } catch (cause) {
    throw new SkillNotFound(`The command could not be built by ${script}: ${messageOf(cause)}`, { cause })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The version of the skill that goes with this command. */
export async function shippedVersion({ folder }: SkillFolder = skillFolder()): Promise<string> {
  const record = await readRecord(folder)
  if (record) return record.version
  const { version } = readFrontmatter(await readFile(join(folder, 'SKILL.md'), 'utf8'))
  return version ?? 'unknown'
}
