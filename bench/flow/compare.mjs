import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from '../build.mjs'
import { markdown } from '../store/compare.mjs'

const root = join(import.meta.dirname, '../..')
const FLOW = join(root, 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml')
const SEED = '7'

/**
 * The worked order flow by `run --load`, on one durable file: as fast as it goes, at half of that, and the raw floor,
 * which is the writes and commits of such a run repeated by node:sqlite alone.
 * @param {string} folder @param {(line: string) => void} say
 */
export async function compareFlows(folder, say) {
  const file = join(folder, 'flow.db')
  const trace = join(folder, 'flow.trace')
  const main = build()
  const load = (args, record) => runLoad(main, file, args, record)
  const fastest = await load(['--load', 'max', '--for', '30s'])
  const most = fastest.perSecond.ended
  say(`as fast as it goes: ${most.toFixed(0)} orders/s`)
  const half = await load(['--load', `${Math.max(1, Math.floor(most / 2))}/s`, '--for', '30s'])
  say(`at half of that: the flow's p99 is ${stage(half, 'flow completed').p99.toFixed(0)} ms`)
  // Recording costs time, so the recorded run is one of its own and is not timed.
  const recorded = await load(['--load', 'max', '--for', '10s'], trace)
  clear(file)
  const floor = await json(process.execPath, [
    '--no-warnings',
    join(import.meta.dirname, 'replay.mjs'),
    trace,
    file,
  ])
  clear(file)
  const orders = recorded.completed + recorded.compensated
  const limit = orders / floor.seconds
  return [
    'The worked order flow (`run --load`), one durable SQLite file',
    '',
    ...markdown(
      ['what', 'seen', 'aim', ''],
      [
        row('orders/s, 200 under way', most, 1_000, most >= 1_000),
        row(`of the raw floor (${limit.toFixed(0)} orders/s)`, most / limit, 0.5, most / limit >= 0.5),
        under(
          `p99 of PlaceOrder's answer at ${(most / 2).toFixed(0)}/s, ms`,
          stage(half, 'PlaceOrder').p99,
          50,
        ),
        under(
          `p99 of the whole flow at ${(most / 2).toFixed(0)}/s, ms`,
          stage(half, 'flow completed').p99,
          150,
        ),
        under('memory at the end, MB', fastest.memory / 1e6, 200),
      ],
    ),
    '',
    `An order took ${(floor.writes / orders).toFixed(0)} written rows and ${(floor.commits / orders).toFixed(2)} commits. Both runs ended with a good balance.`,
  ]
}

const row = (what, seen, aim, good) => [
  what,
  seen < 10 ? seen.toFixed(2) : seen.toFixed(0),
  `>= ${aim}`,
  good ? 'met' : 'missed',
]
const under = (what, seen, aim) => [what, seen.toFixed(0), `< ${aim}`, seen < aim ? 'met' : 'missed']

/** @param {{ stages: { name: string, p99: number }[] }} result @param {string} name */
function stage(result, name) {
  return result.stages.find((one) => one.name === name) ?? { p99: Number.NaN }
}

async function runLoad(main, file, args, trace = '') {
  clear(file)
  const engines = ['--store', `sqlite:${file}`, '--broker', `sqlite:${file}`]
  const record = trace === '' ? [] : ['--import', join(import.meta.dirname, 'record.mjs')]
  const command = ['--no-warnings', ...record, main, 'run', FLOW, ...engines]
  const result = await json(process.execPath, [...command, '--seed', SEED, '--json', ...args], trace)
  if (!result.balance.good) throw new Error(`The balance is not good: ${JSON.stringify(result.balance)}`)
  return result
}

async function json(command, args, trace = '') {
  const env = { ...process.env, NODE_OPTIONS: '', BENCH_TRACE: trace }
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let said = ''
  let noise = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    noise = (noise + chunk).slice(-1000)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${noise}`)
  return JSON.parse(said)
}

function clear(file) {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}
