import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { jsonOf } from '../child.mjs'
import { markdown } from '../report.mjs'
import { above, runLoad, stage, under } from './load.mjs'

/**
 * The worked order flow by `run --load`, on one durable file: as fast as it goes, at half of that, and the raw floor,
 * which is the writes and commits of such a run repeated by node:sqlite alone.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function flowOnSqlite(engines, say) {
  const file = engines.file('flow.db')
  const trace = engines.file('flow.trace')
  const load = (args, how) => {
    clear(file)
    return runLoad({ store: `sqlite:${file}`, broker: `sqlite:${file}` }, args, how)
  }
  const seconds = `${engines.seconds(30)}s`
  const fastest = await load(['--load', 'max', '--for', seconds])
  const most = fastest.perSecond.ended
  say(`as fast as it goes: ${most.toFixed(0)} orders/s`)
  const half = await load(['--load', `${Math.max(1, Math.floor(most / 2))}/s`, '--for', seconds])
  say(`at half of that: the flow's p99 is ${stage(half, 'flow completed').p99.toFixed(0)} ms`)
  // Recording costs time, so the recorded run is one of its own and is not timed.
  const recorded = await load(['--load', 'max', '--for', '10s'], {
    before: ['--import', join(import.meta.dirname, 'record.mjs')],
    env: { BENCH_TRACE: trace },
  })
  clear(file)
  const floor = await jsonOf([join(import.meta.dirname, 'replay.mjs'), trace, file])
  clear(file)
  const orders = recorded.completed + recorded.compensated
  const limit = orders / floor.seconds
  const rows = [
    above('orders/s, 200 under way', most, 1_000),
    above(`of the raw floor (${limit.toFixed(0)} orders/s)`, most / limit, 0.5),
    under(`p99 of PlaceOrder's answer at ${(most / 2).toFixed(0)}/s, ms`, stage(half, 'PlaceOrder').p99, 50),
    under(`p99 of the whole flow at ${(most / 2).toFixed(0)}/s, ms`, stage(half, 'flow completed').p99, 150),
    under('memory at the end, MB', fastest.memory / 1e6, 200),
  ]
  return [
    'The worked order flow (`run --load`), one durable SQLite file',
    '',
    ...markdown(['what', 'seen', 'aim', ''], rows),
    '',
    `An order took ${(floor.writes / orders).toFixed(0)} written rows and ${(floor.commits / orders).toFixed(2)} commits. Both runs ended with a good balance.`,
  ]
}

function clear(file) {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}
