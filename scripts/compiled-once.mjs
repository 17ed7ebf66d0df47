import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/**
 * While the work goes on, what one process compiles the next one reads: half of what a short test file costs is
 * compiling. Only so long, since the files that tests write elsewhere would pile up in a folder that stays.
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function compiledOnce(work) {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-compiled-'))
  process.env.NODE_COMPILE_CACHE ??= folder
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
