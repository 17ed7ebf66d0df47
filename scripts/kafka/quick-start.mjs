import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cluster } from './cluster.mjs'
import { locked } from './jars.mjs'

/**
 * JVM flags that share the broker's loaded classes between runs: it is up in about half the time. The first caller on
 * a machine makes the archive, which takes one run of a broker. A JVM that the archive does not fit goes without.
 * @param {string} home
 * @param {string[]} classPath
 * @param {string} version
 * @returns {Promise<string[]>}
 */
export async function classArchive(home, classPath, version) {
  const file = join(home, 'classes.jsa')
  if (!existsSync(file)) await locked(`${file}.lock`, () => record(file, classPath, version))
  return existsSync(file) ? [`-XX:SharedArchiveFile=${file}`] : []
}

/**
 * @param {string} file
 * @param {string[]} classPath
 * @param {string} version
 */
async function record(file, classPath, version) {
  if (existsSync(file)) return
  const folder = mkdtempSync(`${file}.part-`)
  const made = join(folder, 'classes.jsa')
  const options = { version, brokers: 1, heap: '256m', config: {}, perBroker: {} }
  const java = { classPath, heap: options.heap, flags: [`-XX:ArchiveClassesAtExit=${made}`] }
  try {
    const { kill } = await cluster(java, folder, options)
    await kill(1, 'SIGTERM') // the archive is written on the way out
    if (existsSync(made)) renameSync(made, file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
