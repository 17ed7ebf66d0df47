import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('KafkaDriver.java', import.meta.url))

/** @typedef {{ topic: string, key: string | null, value: string | null, at: number }} Message */
/** `read`: what is committed; `open`: how many messages stand behind the begin of a transaction that is open. */
/** @typedef {{ key: string | null, value: string, headers: Record<string, string> }} Received */
/**
 * @typedef {{
 *   createTopics: (partitions: Record<string, number>) => Promise<unknown>,
 *   send: (messages: Message[]) => Promise<unknown>,
 *   read: (topic: string) => Promise<Received[]>,
 *   open: (topic: string) => Promise<number>,
 *   stop: () => void,
 * }} Driver
 */

/**
 * Kafka's own clients as a process: the same partitioner as Kafka Streams has, and a trustworthy read_committed.
 * @param {string} bootstrap
 * @param {string} classPath
 * @returns {Driver}
 */
export function startDriver(bootstrap, classPath) {
  const child = spawn('java', ['-XX:TieredStopAtLevel=1', '-cp', classPath, SOURCE, bootstrap], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (part) => {
    log = (log + part).slice(-10_000)
  })
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} in the order of the commands */
  const waiting = []
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)))
  child.stdin.on('error', () => {}) // its end is told by 'close'
  child.on('close', (code) => {
    for (const { reject } of waiting) reject(new Error(`the driver ended (${code}): ${log}`))
  })
  const ask = (/** @type {object} */ command) =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) return reject(new Error(`the driver has ended: ${log}`))
      waiting.push({ resolve, reject })
      child.stdin.write(`${JSON.stringify(command)}\n`)
    })
  return {
    createTopics: (topics) => ask({ do: 'topics', topics }),
    send: (messages) => ask({ do: 'send', messages }),
    read: (topic) => ask({ do: 'read', topic }),
    open: (topic) => ask({ do: 'open', topic }),
    stop: () => void child.kill('SIGKILL'),
  }
}
