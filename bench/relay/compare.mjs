import { join } from 'node:path'
import { jsonOf } from '../child.mjs'
import { comparison, rate } from '../report.mjs'
import { measure } from '../store/measure.mjs'

const COUNT = 100_000
const ROUNDS = 3
const at = (name) => join(import.meta.dirname, name)

/**
 * Publishing a log to Kafka, acks=all, against the client alone with the same messages.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function compareRelays(engines, say) {
  const count = engines.count(COUNT)
  const rounds = new Map([
    ['raw', []],
    ['eventwright', []],
  ])
  for (let round = 1; round <= ROUNDS; round++) {
    const brokers = await engines.kafka()
    const service = engines.service()
    const { url, drop } = await engines.database()
    await measure('postgres/raw', 'grow', url, count)
    const ours = await jsonOf([at('eventwright.mjs'), url, `kafka://${brokers}`, service, String(count)])
    await drop()
    // It sends again what our relay sent.
    const raw = await jsonOf([at('raw.mjs'), brokers, `${service}.events`, `${service}.raw`, String(count)])
    rounds.get('raw')?.push(raw)
    rounds.get('eventwright')?.push(ours)
    say(`kafka-relay, round ${round}: raw ${rate(raw).toFixed(0)}/s, eventwright ${rate(ours).toFixed(0)}/s`)
  }
  return [
    'Relay to Kafka, acks=all (raw: the client alone, sends of 500 of the same messages)',
    '',
    ...comparison(rounds, { raw: 0.9 }),
    '',
    await engines.postgresSettings(),
  ]
}
