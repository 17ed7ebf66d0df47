import { join } from 'node:path'
import { jsonOf, started, together } from '../child.mjs'
import { markdown, median, rate } from '../report.mjs'
import { measure } from '../store/measure.mjs'

const COUNT = 50_000
const ROUNDS = 3
const AIM = 10_000
const RELAY = join(import.meta.dirname, '../relay/eventwright.mjs')
const CONSUMER = join(import.meta.dirname, 'eventwright.mjs')

/**
 * A consumer with inbox and effect, from the beginning of a topic to its end.
 * @param {'postgres' | 'kafka'} broker
 */
export function consumerOn(broker) {
  /** @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say */
  return async (engines, say) => {
    const rounds = []
    for (let round = 1; round <= ROUNDS; round++) {
      const measured = await consume(engines, broker)
      rounds.push(measured)
      say(`${broker}-consumer, round ${round}: ${rate(measured).toFixed(0)}/s`)
    }
    const seen = median(rounds.map(rate))
    const memory = Math.max(...rounds.map(({ megabytes }) => megabytes))
    return [
      `A consumer with inbox and effect, ${broker === 'kafka' ? 'Kafka' : 'PostgreSQL as the broker'}, 6 partitions`,
      '',
      ...markdown(
        ['what', 'seen', 'aim', ''],
        [
          ['messages/s', seen.toFixed(0), `>= ${AIM}`, seen >= AIM ? 'met' : 'missed'],
          ['memory at the end, MB', String(memory), '', ''],
        ],
      ),
      '',
      await engines.postgresSettings(),
    ]
  }
}

/**
 * Fills a topic by the relay of a service, and has another service take it in.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {'postgres' | 'kafka'} broker
 * @param {number} [processes] that share the group
 */
export async function consume(engines, broker, processes = 1) {
  const count = engines.count(COUNT)
  const [source, sink] = [await engines.database(), await engines.database()]
  const messages = broker === 'kafka' ? `kafka://${await engines.kafka()}` : source.url
  const service = engines.service()
  await measure('postgres/raw', 'grow', source.url, count)
  await jsonOf([RELAY, source.url, messages, service, String(count)])
  const consumers = Array.from({ length: processes }, () =>
    started([CONSUMER, sink.url, messages, service, String(count)]),
  )
  const measured = await together(consumers)
  await source.drop()
  await sink.drop()
  return { ...measured, events: count }
}
