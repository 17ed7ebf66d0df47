import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../free-ports.mjs'
import { format, launch } from './java.mjs'
import { quorumFlags } from './quorum.mjs'
import { serverProperties } from './settings.mjs'

/** @typedef {Record<string, string | number | boolean>} Config */
/** @typedef {{ version: string, brokers: number, heap: string, config: Config, perBroker: Record<number, Config>, advertised?: string | undefined }} Options */
/** @typedef {{ id: number, address: string, second?: string }} Node */
/** @typedef {Node & { file: string, process?: import('./java.mjs').Launched }} Member */
/**
 * @typedef {{
 *   nodes: Node[],
 *   start: (node?: number) => Promise<void>,
 *   kill: (node?: number, signal?: NodeJS.Signals) => Promise<void>,
 * }} Cluster
 */

const ATTEMPTS = 5
const TAKEN = /Address already in use|BindException/

/**
 * Sets up and starts a cluster in a folder. A port that was free when asked may be taken a moment later: then all of
 * it again, with other ports.
 * @param {import('./java.mjs').Java} java
 * @param {string} folder
 * @param {Options} options
 * @returns {Promise<Cluster>}
 */
export async function cluster(java, folder, options) {
  for (let attempt = 1; ; attempt++) {
    const members = await setUp(java, join(folder, String(attempt)), options)
    try {
      await Promise.all(members.map((member) => up(java, member)))
      return controls(java, members)
    } catch (error) {
      await Promise.all(members.map((member) => member.process?.end()))
      if (attempt === ATTEMPTS || !TAKEN.test(String(error))) throw error
    }
  }
}

/**
 * @param {import('./java.mjs').Java} java
 * @param {string} home
 * @param {Options} options
 * @returns {Promise<Member[]>}
 */
async function setUp(java, home, { version, brokers, config, perBroker, advertised }) {
  const [controllerPort = 0, secondPort = 0, ...ports] = await freePorts(brokers + 2)
  // Kafka's own tool takes an id that begins with a hyphen for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const members = ports.map((port, index) => {
    const id = index + 1
    const second = advertised !== undefined && id === 1 ? { port: secondPort, advertised } : undefined
    const node = { id, port, controllerPort, brokers, version, folder: join(home, String(id)), second }
    mkdirSync(node.folder, { recursive: true })
    const file = join(node.folder, 'server.properties')
    writeFileSync(file, serverProperties({ ...node, config: { ...config, ...perBroker[node.id] } }))
    const address = `127.0.0.1:${port}`
    return { id, file, address, ...(second ? { second: `127.0.0.1:${secondPort}` } : {}) }
  })
  await Promise.all(
    members.map(({ id, file }) => format(java, file, clusterId, quorumFlags(version, id === 1))),
  )
  return members
}

/**
 * @param {import('./java.mjs').Java} java
 * @param {Member} member
 */
async function up(java, member) {
  if (!member.process?.running()) member.process = launch(java, member.file)
  await member.process.ready
}

/**
 * @param {import('./java.mjs').Java} java
 * @param {Member[]} members
 * @returns {Cluster}
 */
function controls(java, members) {
  const meant = (/** @type {number | undefined} */ node) => {
    const found = members.filter(({ id }) => node === undefined || id === node)
    if (found.length === 0) throw new Error(`there is no broker ${node}; there are 1 to ${members.length}`)
    return found
  }
  return {
    nodes: members.map(({ id, address, second }) => ({ id, address, ...(second ? { second } : {}) })),
    start: async (node) => void (await Promise.all(meant(node).map((member) => up(java, member)))),
    kill: async (node, signal) =>
      void (await Promise.all(meant(node).map((member) => member.process?.end(signal)))),
  }
}
