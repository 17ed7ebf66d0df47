import { spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { missing } from '../machine.mjs'

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url))

/**
 * A running cluster. `kill` is kill -9; `start` brings the same node back on its folder and port, and waits until it
 * takes requests. Both mean all nodes where none is named. `stop` ends everything and deletes the folder; so does the
 * end of this process, whatever its reason.
 * @typedef {{
 *   bootstrap: string,
 *   nodes: Node[],
 *   kill: (node?: number) => Promise<void>,
 *   start: (node?: number) => Promise<void>,
 *   stop: () => Promise<void>,
 *   [Symbol.asyncDispose]: () => Promise<void>,
 * }} Kafka
 */

/** @typedef {{ id: number, address: string, second?: string }} Node `second`: of the listener that `advertised` is for */
/** @typedef {Record<string, string | number | boolean>} Config settings of server.properties */

/**
 * Starts a real Kafka on this machine: one broker, or several of which the first is the controller. Needs Java 17 and
 * Maven (`missing('java', 'maven')` of scripts/machine.mjs). Up in about 6 s; the first time on a machine it downloads
 * the broker.
 *
 * @example
 * const kafka = await startKafka({ config: { 'auto.create.topics.enable': false } })
 * after(() => kafka.stop())
 *
 * @param {{ brokers?: number, heap?: string, config?: Config, perBroker?: Record<number, Config>, advertised?: string }} [options]
 *   `perBroker`: by node, from 1; over `config`. The listener of clients is named BROKER. `advertised`: the address to
 *   which a second listener of node 1 sends its clients, for a proxy that stands there
 * @returns {Promise<Kafka>}
 */
export async function startKafka({
  brokers = 1,
  heap = '256m',
  config = {},
  perBroker = {},
  advertised,
} = {}) {
  const options = JSON.stringify({ brokers, heap, config, perBroker, advertised })
  // In a process group of its own: Ctrl-C reaches this process, whose end closes the keeper's input.
  const child = spawn(process.execPath, [KEEPER, options], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const keeper = talk(child)
  const nodes = await keeper.ready
  const stop = keeper.stop
  return {
    bootstrap: nodes.map(({ address }) => address).join(','),
    nodes,
    kill: (node) => keeper.ask('kill', node),
    start: (node) => keeper.ask('start', node),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** @param {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, null>} child */
function talk(child) {
  /** @type {Map<number, { resolve: () => void, reject: (error: Error) => void }>} */
  const calls = new Map()
  let asked = 0
  /** @type {PromiseWithResolvers<Node[]>} */
  const ready = Promise.withResolvers()
  /** @type {PromiseWithResolvers<void>} */
  const ended = Promise.withResolvers()
  const failAll = (/** @type {string} */ why) => {
    ready.reject(new Error(why))
    for (const call of calls.values()) call.reject(new Error(why))
    calls.clear()
  }
  child.stdin.on('error', () => {}) // its end is told by 'close'
  child.on('error', (error) => failAll(error.message))
  child.on('close', (code) => {
    failAll(`the process that keeps Kafka ended (${code})`)
    ended.resolve()
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line)
    if (message.ready) {
      ready.resolve(message.ready)
      keepAlive(false)
    }
    if (message.failed) failAll(`Kafka did not start: ${message.failed}`)
    const call = calls.get(message.call)
    calls.delete(message.call)
    if (message.error) call?.reject(new Error(message.error))
    else call?.resolve()
    if (calls.size === 0) keepAlive(false)
  })
  /** Only while an answer is awaited: a cluster that nobody stops does not keep a test file from ending. */
  const keepAlive = (/** @type {boolean} */ on) => {
    const parts = /** @type {unknown} */ ([child, child.stdin, child.stdout])
    for (const part of /** @type {import('node:net').Socket[]} */ (parts)) on ? part.ref() : part.unref()
  }
  return {
    ready: ready.promise,
    async stop() {
      keepAlive(true)
      child.stdin.end()
      await ended.promise
    },
    /** @param {'start' | 'kill'} what @param {number | undefined} node */
    async ask(what, node) {
      const call = ++asked
      /** @type {PromiseWithResolvers<void>} */
      const answer = Promise.withResolvers()
      calls.set(call, answer)
      keepAlive(true)
      child.stdin.write(`${JSON.stringify({ call, what, node })}\n`)
      await answer.promise
    },
  }
}

/** Why a test that needs a broker is skipped here; false where it can run. */
export function withoutKafka() {
  return missing('java', 'maven')
}
