import { keep } from '../keeper/keep.mjs'
import { cluster } from './cluster.mjs'
import { kafkaJars } from './jars.mjs'
import { endAll } from './java.mjs'
import { classArchive } from './quick-start.mjs'

await keep({
  name: 'kafka',
  /** @param {string} folder @param {import('./cluster.mjs').Options} options */
  async begin(folder, options) {
    const { home, classPath } = await kafkaJars(options.version)
    const flags = await classArchive(home, classPath, options.version)
    const { nodes, start, kill } = await cluster({ classPath, heap: options.heap, flags }, folder, options)
    return { ready: nodes, commands: { start, kill: (node) => kill(node) } }
  },
  end: endAll,
})
