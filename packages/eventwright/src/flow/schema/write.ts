import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sources } from '../findings/index.ts'
import type { Flow } from '../model/index.ts'
import { namesOf } from './flow-names.ts'
import { schemaOfFlowFile } from './json-schema.ts'

/** Where the schema of a flow's own names lies, beside the flow file. */
export const SCHEMA_PATH = '.eventwright/flow.schema.json'

const COMMENT = /^#\s*yaml-language-server:\s*\$schema=(?:\.\/)?\.eventwright\/flow\.schema\.json\s*$/m

/**
 * Writes `.eventwright/flow.schema.json` beside each of the flow's files whose `# yaml-language-server: $schema=…`
 * comment asks for it, and nowhere else: a folder that nobody's editor looks into stays clean. A schema that is
 * already as it should be is not written again. Gives the paths written.
 */
export async function writeFlowSchema(flow: Flow, sources: Sources): Promise<string[]> {
  const folders = new Set(
    [...sources].filter(([, text]) => COMMENT.test(text)).map(([file]) => dirname(file)),
  )
  const text = `${JSON.stringify(schemaOfFlowFile(namesOf(flow)), null, 2)}\n`
  const written: string[] = []
  for (const folder of folders) {
    const path = join(folder, SCHEMA_PATH)
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    written.push(path)
  }
  return written
}
