import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'

/**
 * A process of its own that keeps servers for this one (keep.mjs). `ready` is what it tells once they are up; `ask`
 * has it do one thing; `end` ends everything and deletes the folder; so does the end of this process, whatever its
 * reason.
 * @template Ready
 * @typedef {{
 *   ready: Promise<Ready>,
 *   ask: (what: string, argument?: unknown) => Promise<void>,
 *   end: () => Promise<void>,
 * }} Keeper
 */

/**
 * @template Ready
 * @param {string} name of what it keeps, as errors tell it
 * @param {string} file that calls `keep`
 * @param {object} options what its `begin` gets, as JSON
 * @returns {Keeper<Ready>}
 */
export function startKeeper(name, file, options) {
  // In a process group of its own: Ctrl-C reaches this process, whose end closes the keeper's input.
  const child = spawn(process.execPath, [file, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  /** @type {Map<number, { resolve: () => void, reject: (error: Error) => void }>} */
  const calls = new Map()
  let asked = 0
  /** @type {PromiseWithResolvers<Ready>} */
  const ready = Promise.withResolvers()
  /** @type {PromiseWithResolvers<void>} */
  const ended = Promise.withResolvers()

  const failAll = (/** @type {string} */ why) => {
    ready.reject(new Error(why))
    for (const call of calls.values()) call.reject(new Error(why))
    calls.clear()
  }

  /** Only while an answer is awaited: servers that nobody ends do not keep a test file from ending. */
  const keepAlive = (/** @type {boolean} */ on) => {
    for (const part of [child, child.stdin, child.stdout]) {
      if (part === child || part instanceof Socket) on ? part.ref() : part.unref()
    }
  }

  child.stdin.on('error', () => {}) // its end is told by 'close'
  child.on('error', (error) => failAll(error.message))
  child.on('close', (code) => {
    failAll(`the process that keeps ${name} ended (${code})`)
    ended.resolve()
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line)
    if (message.ready) {
      ready.resolve(message.ready)
      keepAlive(false)
    }
    if (message.failed) failAll(`${name} did not start: ${message.failed}`)
    const call = calls.get(message.call)
    calls.delete(message.call)
    if (message.error) call?.reject(new Error(message.error))
    else call?.resolve()
    if (calls.size === 0) keepAlive(false)
  })

  return {
    ready: ready.promise,
    async ask(what, argument) {
      const call = ++asked
      /** @type {PromiseWithResolvers<void>} */
      const answer = Promise.withResolvers()
      calls.set(call, answer)
      keepAlive(true)
      child.stdin.write(`${JSON.stringify({ call, what, argument })}\n`)
      await answer.promise
    },
    async end() {
      keepAlive(true)
      child.stdin.end()
      await ended.promise
    },
  }
}
