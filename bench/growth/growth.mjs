import { rmSync, statSync } from 'node:fs'
import { markdown, rate } from '../report.mjs'
import { measure } from '../store/measure.mjs'

const SIZES = [10_000, 1_000_000, 5_000_000]
const ROUNDS = 3

/** Whether an append costs more where more is stored. @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say */
export async function growth(engines, say) {
  const file = engines.file('growth.db')
  const rows = []
  let stored = 0
  let first = 0
  for (const size of SIZES.map(engines.count)) {
    await measure('sqlite/raw', 'grow', file, size - stored, stored)
    stored = size
    const raw = []
    const ours = []
    const folds = []
    for (let round = 0; round < ROUNDS; round++) {
      raw.push(rate(await measure('sqlite/raw', 'one', file, 2_000)))
      ours.push(rate(await measure('sqlite/eventwright', 'one', file, 2_000)))
      folds.push(rate(await measure('sqlite/eventwright', 'revisit', file, 20_000, size)))
    }
    const best = Math.max(...ours)
    first ||= best
    say(`${size} stored: ${best.toFixed(0)} appends/s`)
    rows.push([
      size.toLocaleString('en'),
      (statSync(file).size / 1e6).toFixed(0),
      Math.max(...raw).toFixed(0),
      best.toFixed(0),
      (best / first).toFixed(2),
      Math.max(...folds).toFixed(0),
    ])
  }
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  const head = [
    'stored events',
    'file MB',
    'raw appends/s',
    'appends/s',
    'of the first',
    'events/s folded from old streams',
  ]
  return [`Cost as it grows (one at a time; best of ${ROUNDS})`, '', ...markdown(head, rows)]
}
