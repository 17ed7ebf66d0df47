import { fileURLToPath } from 'node:url'
import { startKeeper } from '../keeper/keeper.mjs'
import { missing } from '../machine.mjs'
import { NEWEST } from './jars.mjs'

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
 * @param {{ version?: string, brokers?: number, heap?: string, config?: Config, perBroker?: Record<number, Config>, advertised?: string }} [options]
 *   `perBroker`: by node, from 1; over `config`. The listener of clients is named BROKER. `advertised`: the address to
 *   which a second listener of node 1 sends its clients, for a proxy that stands there
 * @returns {Promise<Kafka>}
 */
export async function startKafka({
  version = NEWEST,
  brokers = 1,
  heap = '256m',
  config = {},
  perBroker = {},
  advertised,
} = {}) {
  const options = { version, brokers, heap, config, perBroker, advertised }
  /** @type {import('../keeper/keeper.mjs').Keeper<Node[]>} */
  const keeper = startKeeper('Kafka', KEEPER, options)
  const nodes = await keeper.ready
  return {
    bootstrap: nodes.map(({ address }) => address).join(','),
    nodes,
    kill: (node) => keeper.ask('kill', node),
    start: (node) => keeper.ask('start', node),
    stop: keeper.end,
    [Symbol.asyncDispose]: keeper.end,
  }
}

/** Why a test that needs a broker is skipped here; false where it can run. */
export function withoutKafka() {
  return missing('java', 'maven')
}
