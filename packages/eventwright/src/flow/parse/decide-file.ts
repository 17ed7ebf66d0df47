import { pathToFileURL } from 'node:url'
import type { Report } from '../findings/index.ts'
import type { Command } from '../model/index.ts'

/** Loads each `decide` file, so that a missing file or export is a finding and not a surprise of the first command. */
export async function checkDecideFiles(commands: Iterable<Command>, report: Report): Promise<void> {
  for (const { decide, name } of commands) {
    if (decide === undefined) continue
    const fault = await faultOf(decide.path, decide.exportName)
    if (fault === undefined) continue
    report(
      'decide-unreadable',
      decide.place,
      `\`${name}\` cannot be decided: ${fault}.`,
      'Name a file, relative to this one, and a function that it exports.',
    )
  }
}

async function faultOf(path: string, exportName: string): Promise<string | undefined> {
  try {
    const module: unknown = await import(pathToFileURL(path).href)
    const exported =
      typeof module === 'object' && module !== null
        ? Object.getOwnPropertyDescriptor(module, exportName)?.value
        : undefined
    if (typeof exported === 'function') return undefined
    return `the file exports no function \`${exportName}\``
  } catch (error) {
    if (!(error instanceof Error)) return `the file throws ${String(error)} when it is loaded`
    if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      return 'there is no such file, or it imports one that is not there'
    return `the file throws when it is loaded: ${error.message.split('\n')[0]}`
  }
}
