import { join } from 'node:path'
import { jsonOf } from '../child.mjs'
import { markdown, rate } from '../report.mjs'
import { measure } from '../store/measure.mjs'

const SIZES = [10_000, 1_000_000]
const LARGEST = 10_000_000
const ROUNDS = 2
const PROJECTED = 10_000
const PROJECTION = join(import.meta.dirname, '../projection/eventwright.mjs')

/**
 * Whether anything costs more where more is stored: the same figures at each size of one database.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function growthOnPostgres(engines, say) {
  const { url, drop } = await engines.database()
  const sizes = engines.tenMillion ? [...SIZES, LARGEST] : SIZES
  const rows = []
  let stored = 0
  for (const size of sizes.map(engines.count)) {
    await measure('postgres/raw', 'grow', url, size - stored, stored)
    stored = size
    const best = await bestOf(url, size)
    // The next size starts from the beginning of the log again.
    await engines.sql(url, FORGET)
    say(`${size} stored: ${best.map((figure) => figure.toFixed(0)).join(', ')} events/s`)
    const [{ megabytes }] = await engines.sql(url, MEGABYTES)
    rows.push([size.toLocaleString('en'), megabytes, ...best.map((figure) => figure.toFixed(0))])
  }
  await drop()
  const head = [
    'stored events',
    'MB',
    'appended one at a time/s',
    'by 1,000 callers/s',
    'folded from old streams/s',
    'projected/s',
  ]
  return [
    `PostgreSQL: cost as it grows (events/s, best of ${ROUNDS})`,
    '',
    ...markdown(head, rows),
    '',
    await engines.postgresSettings(),
  ]
}

const MEGABYTES = 'SELECT (pg_database_size(current_database()) / 1000000)::text AS megabytes'
const FORGET = `DELETE FROM eventwright.eventwright_checkpoints WHERE name LIKE 'projection:%';
DELETE FROM eventwright.eventwright_documents`

/** @param {string} url @param {number} size */
async function bestOf(url, size) {
  const ours = (task, count) => measure('postgres/eventwright', task, url, count, size)
  const best = [0, 0, 0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const seen = [
      await ours('one', 1_000),
      await ours('many', 50_000),
      await ours('revisit', 20_000),
      ...(round === 0 ? [await jsonOf([PROJECTION, url, String(PROJECTED), 'part'])] : []),
    ]
    for (const [index, measured] of seen.entries()) best[index] = Math.max(best[index], rate(measured))
  }
  return best
}
