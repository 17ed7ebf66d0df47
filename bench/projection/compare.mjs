import { join } from 'node:path'
import { jsonOf } from '../child.mjs'
import { comparison, rate } from '../report.mjs'
import { measure } from '../store/measure.mjs'

const ROUNDS = 3
const COUNTS = { raw: 100_000, eventwright: 100_000, emmett: 10_000 }
const AIM = 20_000

/**
 * A projection from the beginning of the log to its end: documents and checkpoint in one transaction.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function compareProjections(engines, say) {
  const rounds = new Map(Object.keys(COUNTS).map((side) => [side, []]))
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [side, full] of Object.entries(COUNTS)) {
      const count = engines.count(full)
      const { url, drop } = await engines.database()
      if (side !== 'emmett') await measure('postgres/raw', 'grow', url, count)
      const measured = await jsonOf([join(import.meta.dirname, `${side}.mjs`), url, String(count)])
      await drop()
      rounds.get(side)?.push(measured)
      say(`pg-projection, round ${round}: ${side} ${rate(measured).toFixed(0)}/s`)
    }
  }
  return [
    `PostgreSQL: a projection catches up, 977 documents (aim: ${AIM} events/s)`,
    '',
    ...comparison(rounds, { raw: 0, emmett: 0 }),
    '',
    await engines.postgresSettings(),
  ]
}
