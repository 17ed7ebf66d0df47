import { EngineNotInstalled } from './engine-errors.ts'

/** Loads an engine whose package need not be there. @throws EngineNotInstalled */
export async function optionalEngine<Module>(
  url: string,
  wanted: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    throw isMissing(error, wanted) ? new EngineNotInstalled(url, wanted, { cause: error }) : error
  }
}

/** `import()` says it otherwise than `require()`, which a bundler may put in its place. */
function isMissing(error: unknown, wanted: string): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  const isNotFound = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
  return isNotFound && error.message.includes(`'${wanted}'`)
}
