import process from 'node:process'
import { type LoadedFlow, writeFlowSchema } from '../flow/index.ts'

/** Keeps `.eventwright/flow.schema.json` in step for editors. A folder that cannot be written stops no command. */
export async function refreshSchema({ flow, sources }: LoadedFlow): Promise<void> {
  if (!flow) return
  try {
    await writeFlowSchema(flow, sources)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(`The schema for editors was not written: ${why}\n`)
  }
}
