import { rmSync } from 'node:fs'
import { comparison, rate } from '../report.mjs'
import { measure } from './measure.mjs'

const ROUNDS = 3

/** Each task: its title, what it is compared with and the aims, and how many events each side does in a round. */
const TASKS = {
  append: {
    title: 'Append one at a time, synchronous=FULL',
    engine: 'sqlite',
    task: 'one',
    aims: { raw: 0.85 },
    counts: { raw: 10_000, eventwright: 10_000, emmett: 500, act: 5_000 },
  },
  concurrent: {
    title: '1,000 concurrent callers (raw: batches of 1,000 in one commit)',
    engine: 'sqlite',
    task: 'many',
    aims: { raw: 0.6 },
    counts: { raw: 200_000, eventwright: 200_000, emmett: 1_000, act: 1_000 },
    // Their thousand callers wait for one another's locks, for a minute and more.
    once: ['emmett', 'act'],
  },
  fold: {
    title: 'Read and fold streams of 1,000 events',
    engine: 'sqlite',
    task: 'fold',
    aims: { raw: 0.7 },
    counts: { raw: 100_000, eventwright: 100_000, emmett: 5_000, act: 20_000 },
  },
  'pg-append': {
    title: 'PostgreSQL: append one at a time (raw: one prepared insert into the same tables)',
    engine: 'postgres',
    task: 'one',
    aims: { raw: 0.8, emmett: 2 },
    counts: { raw: 3_000, eventwright: 3_000, execute: 1_500, emmett: 1_500 },
  },
  'pg-concurrent': {
    title: 'PostgreSQL: 1,000 concurrent callers (raw: inserts of 1,000 by unnest)',
    engine: 'postgres',
    task: 'many',
    aims: { raw: 0.8, emmett: 10 },
    // An execute reads its stream, which grows with every round.
    counts: { raw: 200_000, eventwright: 200_000, execute: 20_000, emmett: 10_000 },
  },
  'pg-fold': {
    title: 'PostgreSQL: read and fold streams of 1,000 events',
    engine: 'postgres',
    task: 'fold',
    aims: { raw: 0, emmett: 3 },
    counts: { raw: 100_000, eventwright: 100_000, emmett: 50_000 },
  },
}

/**
 * One task on all sides in turn, in rounds, each side on a file or database of its own. Gives the lines of a table.
 * @param {string} name @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function compareStores(name, engines, say) {
  const { title, engine, task, aims, counts, once = [] } = TASKS[name]
  const sides = Object.keys(counts)
  /** @type {Map<string, import('../report.mjs').Measured[]>} */
  const rounds = new Map(sides.map((side) => [side, []]))
  const places = new Map()
  for (const side of sides) places.set(side, await placeOf(engines, engine, `${name}-${side}`))
  const run = (side, what) =>
    measure(`${engine}/${side}`, what, places.get(side).url, engines.count(counts[side]))
  if (task === 'fold') for (const side of sides) await run(side, 'fill')
  for (let round = 1; round <= ROUNDS; round++) {
    for (const side of sides) {
      if (round > 1 && once.includes(side)) continue
      const measured = await run(side, task)
      rounds.get(side)?.push(measured)
      say(`${name}, round ${round}: ${side} ${rate(measured).toFixed(0)}/s`)
    }
  }
  for (const { drop } of places.values()) await drop()
  const foot = engine === 'postgres' ? ['', await engines.postgresSettings()] : []
  return [title, '', ...comparison(rounds, aims), ...foot]
}

async function placeOf(engines, engine, name) {
  if (engine === 'postgres') return engines.database()
  const url = engines.file(`${name}.db`)
  return {
    url,
    drop: async () => {
      for (const end of ['', '-wal', '-shm']) rmSync(url + end, { force: true })
    },
  }
}
