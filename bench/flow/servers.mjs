import { markdown } from '../report.mjs'
import { runLoad, stage } from './load.mjs'

/**
 * The worked order flow by `run --load` on the engines of production: as fast as it goes, and at half of that.
 * @param {'postgres' | 'kafka'} broker
 */
export function flowOn(broker) {
  /** @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say */
  return async (engines, say) => {
    const seconds = `${engines.seconds(20)}s`
    const load = async (args) => {
      const { url, drop } = await engines.database()
      const messages = broker === 'kafka' ? `kafka://${await engines.kafka()}` : url
      const result = await runLoad({ store: url, broker: messages }, ['--for', seconds, ...args])
      await drop()
      return result
    }
    const fastest = await load(['--load', 'max'])
    const most = fastest.perSecond.ended
    say(`as fast as it goes: ${most.toFixed(0)} orders/s`)
    const pace = Math.max(1, Math.floor(most / 2))
    const half = await load(['--load', `${pace}/s`])
    const p99 = (name) => stage(half, name).p99.toFixed(0)
    const rows = [
      ['orders/s, 200 under way', most.toFixed(0)],
      [`p99 of PlaceOrder's answer at ${pace}/s, ms`, p99('PlaceOrder')],
      [`p99 of the whole flow at ${pace}/s, ms`, p99('flow completed')],
      ['memory at the end, MB', (fastest.memory / 1e6).toFixed(0)],
    ]
    return [
      `The worked order flow (\`run --load\`), PostgreSQL and ${broker === 'kafka' ? 'Kafka' : 'PostgreSQL as the broker'}`,
      '',
      ...markdown(['what', 'seen'], rows),
      '',
      `Both runs ended with a good balance. ${await engines.postgresSettings()}`,
    ]
  }
}
