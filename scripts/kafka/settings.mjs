import { join } from 'node:path'
import { quorumSettings } from './quorum.mjs'

/**
 * @typedef {{
 *   id: number,
 *   port: number,
 *   controllerPort: number,
 *   folder: string,
 *   version: string,
 *   brokers: number,
 *   config: Record<string, string | number | boolean>,
 *   second?: { port: number, advertised: string } | undefined,
 * }} Node `controllerPort` is the one of node 1, which alone is controller as well
 */

/**
 * The server.properties of one node of a small cluster on this machine.
 * @param {Node} node
 * @returns {string}
 */
export function serverProperties(node) {
  const settings = { ...basis(node), ...offices(node), ...second(node), ...node.config }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('')
}

/** @param {Pick<Node, 'id' | 'port' | 'controllerPort'>} node */
function offices({ id, port, controllerPort }) {
  const broker = `BROKER://127.0.0.1:${port}`
  if (id > 1) return { 'process.roles': 'broker', listeners: broker }
  return {
    'process.roles': 'broker,controller',
    listeners: `${broker},CONTROLLER://127.0.0.1:${controllerPort}`,
  }
}

/**
 * A listener that sends its clients on to another address, where something stands between them and this node.
 * @param {Node} node
 */
function second({ id, port, controllerPort, second }) {
  if (second === undefined) return {}
  const listener = `SECOND://127.0.0.1:${second.port}`
  const { listeners } = offices({ id, port, controllerPort })
  return {
    listeners: `${listeners},${listener}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port},SECOND://${second.advertised}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,SECOND:PLAINTEXT,CONTROLLER:PLAINTEXT',
  }
}

/** @param {Pick<Node, 'id' | 'port' | 'controllerPort' | 'folder' | 'brokers' | 'version'>} node */
function basis({ id, port, controllerPort, folder, brokers, version }) {
  const replicas = Math.min(3, brokers)
  return {
    'node.id': id,
    'log.dirs': join(folder, 'data'),
    ...quorumSettings(version, controllerPort),
    'advertised.listeners': `BROKER://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'share.coordinator.state.topic.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Fewer files for a test to make and to delete.
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.num.partitions': 3,
    'group.initial.rebalance.delay.ms': 0,
    // A killed node may come back only when its old session has run out.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  }
}
