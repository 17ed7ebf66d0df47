import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/cannot-start.ts',
  owner: 'yours',
  text: `import { EventwrightError, InvalidOption, InvalidTopology } from '@eventwright/core'
import { UnknownEngine } from '@eventwright/core/engines'
import { InvalidSettings } from './settings.ts'

/** Why the service cannot start, for people, and what its process ends with. */
export interface CannotStart {
  readonly message: string
  /** 2: the environment is wrong; 4: an engine cannot be reached, or refuses. */
  readonly code: 2 | 4
}

/** Undefined for a fault of the code, which is found by its stack. */
export function cannotStart(error: unknown): CannotStart | undefined {
  if (!(error instanceof Error) || error instanceof InvalidTopology) return undefined
  const { message } = error
  if (isOfSettings(error)) return { message, code: 2 }
  // What the operating system refuses, such as the folder of a file, has a \`syscall\`.
  if (error instanceof EventwrightError || 'syscall' in error) return { message, code: 4 }
  return undefined
}

function isOfSettings(error: Error): boolean {
  return error instanceof InvalidSettings || error instanceof InvalidOption || error instanceof UnknownEngine
}
`,
}
