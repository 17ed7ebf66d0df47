import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { measure, median, rate } from './measure.mjs'

const ROUNDS = 3
const SIDES = ['raw', 'eventwright', 'emmett', 'act']

/** Each task: its title, what it is compared with and the aim, and how many events each side does in a round. */
const TASKS = {
  append: {
    title: 'Append one at a time, synchronous=FULL',
    task: 'one',
    aim: 0.85,
    counts: { raw: 10_000, eventwright: 10_000, emmett: 500, act: 5_000 },
  },
  concurrent: {
    title: '1,000 concurrent callers (raw: batches of 1,000 in one commit)',
    task: 'many',
    aim: 0.6,
    counts: { raw: 200_000, eventwright: 200_000, emmett: 1_000, act: 1_000 },
    // Their thousand callers wait for one another's locks, for a minute and more.
    once: ['emmett', 'act'],
  },
  fold: {
    title: 'Read and fold streams of 1,000 events',
    task: 'fold',
    aim: 0.7,
    counts: { raw: 100_000, eventwright: 100_000, emmett: 5_000, act: 20_000 },
  },
}

export const STORE_TASKS = Object.keys(TASKS)

/**
 * One task on all sides in turn, in rounds, each side on a file of its own. Gives the lines of a table.
 * @param {string} name @param {string} folder @param {(line: string) => void} say
 */
export async function compareStores(name, folder, say) {
  const { title, task, aim, counts, once = [] } = TASKS[name]
  /** @type {Map<string, import('./measure.mjs').Measured[]>} */
  const rounds = new Map(SIDES.map((side) => [side, []]))
  const fileOf = (side) => join(folder, `${name}-${side}.db`)
  if (task === 'fold') for (const side of SIDES) await measure(side, 'fill', fileOf(side), counts[side])
  for (let round = 1; round <= ROUNDS; round++) {
    for (const side of SIDES) {
      if (round > 1 && once.includes(side)) continue
      const measured = await measure(side, task, fileOf(side), counts[side])
      rounds.get(side)?.push(measured)
      say(`${name}, round ${round}: ${side} ${rate(measured).toFixed(0)}/s`)
    }
  }
  for (const side of SIDES)
    for (const end of ['', '-wal', '-shm']) rmSync(fileOf(side) + end, { force: true })
  return [title, '', ...table(rounds, aim)]
}

function table(rounds, aim) {
  const raw = rounds.get('raw') ?? []
  const rows = [...rounds].map(([side, list]) => {
    const ratio = median(list.map((measured, round) => rate(measured) / rate(raw[round])))
    const aimed = side === 'eventwright' ? `${ratio >= aim ? 'aim met' : 'aim missed'} (${aim})` : ''
    const failed = list.reduce((sum, { failed, unhandled }) => sum + failed + unhandled, 0)
    return [
      side,
      median(list.map(rate)).toFixed(0),
      ratio.toFixed(2),
      failed === 0
        ? 'none'
        : `${failed} of ${list.reduce((sum, { events, failed }) => sum + events + failed, 0)}`,
      String(Math.max(...list.map(({ megabytes }) => megabytes))),
      aimed,
    ]
  })
  return markdown(['side', 'events/s', 'of raw', 'failed', 'MB', ''], rows)
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}
