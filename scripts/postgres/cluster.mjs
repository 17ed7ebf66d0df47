import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../free-ports.mjs'
import { binaries } from './binaries.mjs'

/** @typedef {Record<string, string | number | boolean>} Config */
/** @typedef {{ version: import('./binaries.mjs').Version, config: Config }} Options */
/** @typedef {'smart' | 'fast' | 'immediate'} Mode */

const SIGNALS = /** @type {const} */ ({ smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' })
const READY = /database system is ready to accept (read-only )?connections/
/** A port that somebody has for now, and what the children of a server that was killed hold until they notice. */
const PASSES =
  /Address already in use|could not bind|pre-existing shared memory block|lock file "postmaster.pid" already exists/
const ATTEMPTS = 50
const START_LIMIT_MS = 120_000
const LOG_KEPT = 20_000

/**
 * Fast, since a test's data need not outlive a power cut. What a killed server had committed is there all the same: it
 * was written to the system's cache, which outlives the process.
 */
const TEST_CONFIG = {
  fsync: false,
  full_page_writes: false,
  max_connections: 300,
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  log_min_messages: 'warning',
  timezone: 'UTC',
}

/** @typedef {import('./binaries.mjs').Binaries & { version: import('./binaries.mjs').Version, folder: string, data: string, password: string }} Place */
/** @typedef {{ url: string, port: number, data: string, start: () => Promise<void>, stop: (mode?: Mode) => Promise<void>, kill: () => Promise<void> }} Cluster */

/**
 * Makes a cluster in a folder and starts it.
 * @param {string} folder
 * @param {Options} options
 * @returns {Promise<Cluster>}
 */
export async function cluster(folder, { version, config }) {
  const { bin, user } = binaries(version, folder)
  const data = join(folder, 'data')
  const password = randomBytes(12).toString('hex')
  await initialise({ version, bin, user, folder, data, password })
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server
  let port = 0

  async function launch() {
    const settings = {
      ...TEST_CONFIG,
      ...config,
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
      ...user,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server = child
    await ready(child)
  }

  const isUp = () => server !== undefined && server.exitCode === null && server.signalCode === null

  /** @param {boolean} [anyPort] */
  async function start(anyPort = false) {
    if (isUp()) return
    for (let attempt = 1; ; attempt++) {
      if (anyPort) [port = 0] = await freePorts(1)
      try {
        return await launch()
      } catch (error) {
        if (attempt === ATTEMPTS || !PASSES.test(String(error))) throw error
        await sleep(100)
      }
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    const child = server
    if (child === undefined || !isUp()) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  await start(true)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    data,
    start: () => start(),
    stop: (mode = 'fast') => end(SIGNALS[mode]),
    kill: () => end('SIGKILL'),
  }
}

/** @param {Place} place */
async function initialise({ version, bin, user, folder, data, password }) {
  mkdirSync(data, { mode: 0o700 })
  const secret = join(folder, 'password')
  writeFileSync(secret, password, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [folder, data, secret]) chownSync(path, user.uid, user.gid)
  }
  const flags = ['-D', data, '-U', 'postgres', `--pwfile=${secret}`, '--auth=scram-sha-256']
  const locale = ['--encoding=UTF8', '--locale=C', '--no-sync']
  // A password of random bytes needs no stretching, which would take a third of what a connection costs.
  const hashing = version < 16 ? [] : ['--set=scram_iterations=1']
  const child = spawn(join(bin, 'initdb'), [...flags, ...locale, ...hashing], {
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (log += part))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`PostgreSQL's folder could not be made:\n${log}`)
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
function ready(child) {
  let log = ''
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`PostgreSQL is not up in time:\n${log}`))
    }, START_LIMIT_MS)
    child.stderr?.setEncoding('utf8').on('data', (part) => {
      log = (log + part).slice(-LOG_KEPT)
      if (!READY.test(log)) return
      clearTimeout(late)
      resolve()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      reject(new Error(`PostgreSQL ended (${code ?? signal}):\n${log}`))
    })
  })
}
