// How long looking into a large store takes: node times.mjs FILE, with a FILE that fill.mjs filled.
// Each command is a process of its own, run from source; of three runs the one that took the least processor time,
// which /proc tells (Linux). What starting takes is subtracted in the last column.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const MAIN = join(import.meta.dirname, '../../packages/eventwright/src/cli/main.ts')
const TICK = 10
const RUNS = 3

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('node times.mjs FILE')
const store = ['--store', `sqlite:${file}`]
const event = JSON.parse(run(['log', ...store, '--stream', 'Order-o-20000', '--json', '--limit', '1']).stdout)
const aSecond = ['--since', '2026-01-01T00:08:00Z', '--until', '2026-01-01T00:08:01Z']

const COMMANDS = [
  ['log, the last 20', ['log', ...store, '--last', '20']],
  ['log of a stream', ['log', ...store, '--stream', 'Order-o-20000']],
  ['log of a conversation', ['log', ...store, '--correlation', event.correlationid, '--technical']],
  ['log of a rare type (no index)', ['log', ...store, '--type', 'OrderDisputed']],
  ['log of a second (no index)', ['log', ...store, ...aSecond, '--technical']],
  ['log of a time without events (no index)', ['log', ...store, '--since', '2030-01-01']],
  ['trace of a conversation', ['trace', event.correlationid, ...store]],
  ['trace of an event', ['trace', event.id, ...store]],
  ['trace of a stream', ['trace', 'Order-o-20000', ...store]],
  ['trace of a stream of 84 conversations', ['trace', 'Stock-sku-7', ...store]],
  ["trace of a saga's command", ['trace', 'Fulfilment/o-20000/1/payment/1', ...store]],
  ['trace of a command from outside (no index)', ['trace', event.idempotencykey, ...store]],
  ['trace of what is nowhere (no index)', ['trace', 'nix', ...store]],
]

const start = Math.min(...Array.from({ length: RUNS }, () => run(['log', '--help']).cpu))
say('command', 'ms', 'cpu ms', 'less the start')
for (const [what, args] of COMMANDS) {
  const runs = Array.from({ length: RUNS }, () => run(args)).sort((a, b) => a.cpu - b.cpu)
  const [{ took, cpu }] = runs
  say(what, took.toFixed(0), String(cpu), String(Math.max(0, cpu - start)))
}

/** @param {readonly string[]} args */
function run(args) {
  const [begun, before] = [performance.now(), cpuOfChildren()]
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@eventwright/source', MAIN, ...args],
    { maxBuffer: 2 ** 30, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  )
  if (status !== 0 && status !== 1) throw new Error(stderr)
  return { stdout, took: performance.now() - begun, cpu: cpuOfChildren() - before }
}

/** Milliseconds of processor time of the children that have ended. */
function cpuOfChildren() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) * TICK
}

/** @param {string} what @param {string[]} figures */
function say(what, ...figures) {
  process.stdout.write(`${what.padEnd(46)}${figures.map((figure) => figure.padStart(16)).join('')}\n`)
}
