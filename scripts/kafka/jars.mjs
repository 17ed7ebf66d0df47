import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const POM = fileURLToPath(new URL('pom.xml', import.meta.url))
/** What tests run on where they name no other version. */
export const NEWEST = '4.1.0'
const LOCK_POLL_MS = 200

/** Where downloaded things lie, outside the repository: `$XDG_CACHE_HOME/eventwright` or `~/.cache/eventwright`. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eventwright')

/**
 * The class path of the broker. The first caller on a machine has Maven fetch it (about 25 s); the others wait for
 * that one. A folder is there whole or not at all.
 * @param {string} [version]
 * @returns {Promise<{ home: string, classPath: string[] }>}
 */
export async function kafkaJars(version = NEWEST) {
  const pom = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)
  const home = join(cache, `kafka-${version}-${pom}`)
  if (!existsSync(home)) await locked(`${home}.lock`, () => fetchOnce(home, version))
  const classPath = readdirSync(join(home, 'lib')).sort()
  return { home, classPath: classPath.map((jar) => join(home, 'lib', jar)) }
}

/**
 * @param {string} home
 * @param {string} version
 */
async function fetchOnce(home, version) {
  if (existsSync(home)) return
  const temporary = mkdtempSync(`${home}.part-`)
  try {
    // Of two Mavens at once each would write what the other reads.
    await locked(join(cache, 'maven.lock'), () => maven(join(temporary, 'lib'), version))
    renameSync(temporary, home)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string} target
 * @param {string} version
 * @returns {Promise<void>}
 */
function maven(target, version) {
  const goal = [
    `-Dkafka.version=${version}`,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${target}`,
    '-DincludeScope=runtime',
  ]
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', ['-B', '-q', '-f', POM, ...goal], { stdio: ['ignore', 'pipe', 'pipe'] })
    process.once('exit', () => child.kill('SIGKILL'))
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve()
      reject(new Error(`Maven could not fetch the Kafka broker (exit ${code}):\n${output.slice(-2000)}`))
    })
  })
}

/**
 * Spares a second download. That no half folder is ever seen does not hang on it, but on the rename.
 * @param {string} file
 * @param {() => Promise<void>} work
 */
export async function locked(file, work) {
  mkdirSync(cache, { recursive: true })
  while (!take(file)) await setTimeout(LOCK_POLL_MS)
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (isStale(file)) rmSync(file, { force: true })
    return false
  }
}

/** @param {string} file */
function isStale(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'))
    if (holder === 0) return false // just made, not yet written
    process.kill(holder, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
