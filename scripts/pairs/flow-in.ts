import process from 'node:process'
import { type Flow, loadFlow } from 'eventwright'

/** The flow of a file. Ends the process with 2 where there is none. */
export async function flowIn(file: string): Promise<Flow> {
  const { flow } = await loadFlow([file]).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return { flow: undefined }
  })
  if (flow) return flow
  console.error(`${file} cannot be run: npx eventwright check ${file} shows why.`)
  process.exit(2)
}
