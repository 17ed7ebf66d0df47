import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import type { Options } from './options.ts'
import type { Places } from './places.ts'
import { CannotStart, exitOf, isRunning, type Program, startProgram, stopProgram } from './program.ts'
import { environmentOf, SERVICES, type ServiceName } from './services.ts'
import { addStock, endOf, placeOrder, stockOf } from './shop-front.ts'
import { TALES } from './tales.ts'

const PATIENCE = 60_000

const children = new Map<string, ChildProcess>()
const interrupted = Promise.withResolvers<number>()
let stopping: number | undefined
/** Who never came up has nothing to drain: why is said already. */
let areUp = false

/** Starts the five services, places orders, tells what became of them, and lets the services drain. Gives the exit code. */
export async function runAll(options: Options, places: Places): Promise<number> {
  process.on('SIGINT', () => interrupt(130))
  process.on('SIGTERM', () => interrupt(143))
  const code = await Promise.race([run(options, places).catch(failed), interrupted.promise])
  await stopAll()
  places.remove()
  return code
}

async function run({ stay }: Options, places: Places): Promise<number> {
  say(`stores ${places.told.store}\nbroker ${places.told.broker}\n`)
  const begun = performance.now()
  const programs = await Promise.all(SERVICES.map((name) => start(name, places)))
  areUp = true
  for (const { name, url, child } of programs) say(`${name.padEnd(10)} ${url}  process ${child.pid}`)
  say(`ready in ${since(begun)}\n`)
  for (const { name, child } of programs) child.once('exit', () => tellOfEnd(name, child))
  const good = await placeAll(urlOf(programs, 'orders'), urlOf(programs, 'inventory'))
  if (!stay) return good ? 0 : 1
  say('\nthe services stay until Ctrl-C')
  return interrupted.promise
}

function start(name: ServiceName, places: Places): Promise<Program> {
  // Of their own ports: a PORT in the environment is for one.
  const env = { ...environmentOf(places.store(name), places.broker), PORT: '0' }
  return startProgram(name, env, (child) => children.set(name, child))
}

/** One that ends by itself would be missing without a word: the others go on. */
function tellOfEnd(name: string, child: ChildProcess): void {
  if (stopping === undefined) process.stderr.write(`${name} ended (${exitOf(child)})\n`)
}

/** True when each order ended as it should. */
async function placeAll(orders: string, inventory: string): Promise<boolean> {
  const run = Date.now().toString(36)
  const begun = performance.now()
  await addStock(inventory, 'mug', 10, `${run}-mug`)
  await addStock(inventory, 'tea', 10, `${run}-tea`)
  const ends = await Promise.all(
    TALES.map(async (tale, number) => {
      const id = `o-${run}-${number + 1}`
      await placeOrder(orders, id, tale)
      return { id, tale, end: await endOf(orders, id, AbortSignal.timeout(PATIENCE)) }
    }),
  )
  for (const { id, tale, end } of ends) {
    const but = end === tale.ends ? '' : ` (should be ${tale.ends})`
    say(`${id}  ${tale.about.padEnd(26)} ${end}${but}`)
  }
  say(
    `in ${since(begun)}; on stock: ${await stockOf(inventory, 'mug')} mugs, ${await stockOf(inventory, 'tea')} teas`,
  )
  return ends.every(({ tale, end }) => end === tale.ends)
}

function urlOf(programs: readonly Program[], name: ServiceName): string {
  return programs.find((program) => program.name === name)?.url ?? ''
}

/** The first signal lets the services drain, another one ends them at once. */
function interrupt(code: number): void {
  interrupted.resolve(code)
  if (stopping === undefined) return
  for (const child of children.values()) if (isRunning(child)) child.kill('SIGKILL')
}

async function stopAll(): Promise<void> {
  stopping = performance.now()
  const ends = await Promise.all(
    [...children].map(async ([name, child]) => ({ name, end: await stopProgram(child) })),
  )
  if (!areUp) return
  const undrained = ends.filter(({ end }) => end !== 0).map(({ name, end }) => `${name} (${end})`)
  say(
    undrained.length === 0
      ? `\ndrained and stopped in ${since(stopping)}`
      : `\nnot all drained: ${undrained.join(', ')}`,
  )
}

function failed(error: unknown): number {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return error instanceof CannotStart ? error.exit : 4
}

function since(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
