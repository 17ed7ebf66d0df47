import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const LOG4J = fileURLToPath(new URL('log4j2.xml', import.meta.url))
const READY = /Kafka Server started/
const LOG_KEPT = 20_000
/** A loaded machine takes its time. */
const START_LIMIT_MS = 150_000

/** @typedef {{ classPath: string[], heap: string, flags: string[] }} Java */
/** @typedef {{ ready: Promise<void>, end: (signal?: NodeJS.Signals) => Promise<void>, running: () => boolean }} Launched */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** Ends every JVM of this process at once, also those that only format a folder. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL')
}

/**
 * Formats the folder that a server.properties names.
 * @param {Java} java
 * @param {string} file
 * @param {string} cluster the cluster's id
 * @param {string[]} flags
 */
export async function format(java, file, cluster, flags) {
  const { ended, log } = run(java, ['kafka.tools.StorageTool', 'format', ...flags, '-t', cluster, '-c', file])
  const code = await ended
  if (code !== 0) throw new Error(`Kafka's folder could not be formatted:\n${log()}`)
}

/**
 * Starts one broker.
 * @param {Java} java
 * @param {string} file its server.properties
 * @returns {Launched}
 */
export function launch(java, file) {
  const { child, ended, log } = run(java, ['kafka.Kafka', file])
  /** @type {Promise<void>} */
  const ready = new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The broker is not up in time:\n${log()}`)),
      START_LIMIT_MS,
    )
    child.stdout?.on('data', () => {
      if (READY.test(log())) resolve()
    })
    void ended.then((code) => reject(new Error(`The broker ended (${code}):\n${log()}`)))
    void ended.then(() => clearTimeout(late))
    child.stdout?.on('data', () => READY.test(log()) && clearTimeout(late))
  })
  ready.catch(() => {}) // whoever waits for it hears of it; nobody has to wait
  return {
    ready,
    running: () => running.has(child),
    async end(signal = 'SIGKILL') {
      child.kill(signal)
      await ended
    },
  }
}

/**
 * @param {Java} java
 * @param {string[]} args
 */
function run({ classPath, heap, flags }, args) {
  const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', `-Xmx${heap}`]
  const settings = [`-Dlog4j2.configurationFile=${LOG4J}`, '-cp', classPath.join(delimiter)]
  const child = spawn('java', [...quick, ...flags, ...settings, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').prependListener('data', (part) => {
      text = (text + part).slice(-LOG_KEPT)
    })
  }
  /** @type {Promise<number | NodeJS.Signals | null>} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      text += error.message
      running.delete(child)
      resolve(null)
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(code ?? signal)
    })
  })
  return { child, ended, log: () => text }
}
