import { keep } from '../keeper/keep.mjs'
import { cluster } from './cluster.mjs'

/** @type {import('./cluster.mjs').Cluster | undefined} */
let running

await keep({
  name: 'postgres',
  /** @param {string} folder @param {import('./cluster.mjs').Options} options */
  async begin(folder, options) {
    running = await cluster(folder, options)
    const { url, port, data, start, stop, kill } = running
    return { ready: { url, port, data }, commands: { start, stop, kill } }
  },
  end: async () => running?.stop('immediate').catch(() => {}),
})
