import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { freePorts } from '../../free-ports.mjs'

/**
 * One instance of the application.
 * @typedef {{
 *   url: string,
 *   start: () => void,
 *   kill: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>,
 *   exitCode: () => number | null,
 *   get: (path: string) => Promise<{ status: number, body: any }>,
 *   log: () => string,
 * }} Application
 */

/**
 * @param {{ name: string, bootstrap: string, classPath: string, folder: string, env?: Record<string, string> }} options
 * @returns {Promise<Application>}
 */
export async function application({ name, bootstrap, classPath, folder, env = {} }) {
  const [port = 0] = await freePorts(1)
  const url = `http://localhost:${port}`
  const variables = {
    PATH: process.env.PATH,
    KAFKA_BOOTSTRAP_SERVERS: bootstrap,
    INSTANCE_ID: name,
    HTTP_PORT: String(port),
    STATE_DIR: join(folder, name),
    ...env,
  }
  let log = ''
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  process.on('exit', () => child?.kill('SIGKILL'))
  return {
    url,
    start() {
      const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', '-cp', classPath]
      const started = spawn('java', [...flags, 'com.example.shop.KafkaStreamsApp'], {
        env: variables,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (part) => {
          log = (log + part).slice(-200_000)
        })
      }
      child = started
    },
    async kill(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null
      // Not `exit`: what it said last may still be on its way then.
      const ended = once(child, 'close')
      child.kill(signal)
      const [code, by] = await ended
      return code ?? by
    },
    async get(path) {
      const response = await fetch(url + path, { signal: AbortSignal.timeout(10_000) })
      return { status: response.status, body: await response.json() }
    },
    exitCode: () => child?.exitCode ?? null,
    log: () => log,
  }
}
