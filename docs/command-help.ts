import { eventwright } from '../packages/eventwright/src/cli/fixtures/one-process.ts'

const known = new Map<string, string>()

/** What `eventwright COMMAND --help` says, or undefined where there is no such command. Each is asked once. */
export async function helpOf(command: string): Promise<string | undefined> {
  const help = known.get(command) ?? (await eventwright([command, '--help'])).stdout
  known.set(command, help)
  return help.includes(`Usage: eventwright ${command} `) ? help : undefined
}
