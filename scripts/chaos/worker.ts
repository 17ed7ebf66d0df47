// One process of the flow: the services of its share, as a service of a user runs them.
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { type App, eventwright, type Logger, service } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import type { CompiledFlow } from '../../packages/eventwright/src/flow/index.ts'
import { BROKER_FILE, type LayoutName, servicesOf, storeFileOf, type WorkerName } from './layout.ts'
import { loadShop } from './shop.ts'
import type { FromWorker, Outcome, ToWorker } from './worker-messages.ts'

/** What a process is told at its start. */
export interface WorkerSettings {
  readonly folder: string
  readonly layout: LayoutName
  readonly worker: WorkerName
  readonly leaseTime: number
}

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? '{}')
const compiled = await loadShop(settings.folder)
const app = await open(compiled, settings)
// Whoever started it was killed itself: nobody would ever end it.
process.on('disconnect', () => process.exit())
process.on('message', (message: ToWorker) => void hear(message))
say({ kind: 'ready' })
// One that is killed writes no cache at its end, and the next start would compile everything again.
flushCompileCache()

function open(flow: CompiledFlow, { folder, layout, worker, leaseTime }: WorkerSettings): Promise<App> {
  return eventwright({
    name: layout === 'twins' ? 'chaos' : `chaos-${worker}`,
    store: sqlite(join(folder, storeFileOf(layout, worker))),
    broker: sqlite(join(folder, BROKER_FILE)),
    run: shareOf(flow, servicesOf(layout, worker)),
    leaseTime,
    // Whoever kills at random hits the same message again some day: it is not to blame.
    retry: { crashes: Number.MAX_SAFE_INTEGER },
    signals: true,
    logger: stderrLogger(worker),
  })
}

type RunItems = ReturnType<CompiledFlow['parts']>

/** What runs here, and where the rest is. The saga is with the orders, each projection with what it hears. */
function shareOf({ flow, parts }: CompiledFlow, services: readonly string[]): RunItems {
  const isHere = (event = ''): boolean => services.includes(flow.events.get(event)?.service ?? '')
  const all = parts({ onFault: (error) => console.error(error) })
  return all
    .map((item) => placed(item, services))
    .filter((item) => {
      if ('definition' in item || item.kind === 'service') return true
      return item.kind === 'saga' ? isHere(item.start) : item.kind === 'projection' && isHere(item.types[0])
    })
}

function placed(item: RunItems[number], services: readonly string[]): RunItems[number] {
  if ('definition' in item || item.kind !== 'service' || services.includes(item.name)) return item
  return service(item.name, { topic: item.topic, run: item.run, elsewhere: true })
}

async function hear(message: ToWorker): Promise<void> {
  if (message.kind === 'dieInCommit') return dieInCommit(message.commits)
  try {
    say(await answer(message))
  } catch (error) {
    say({ kind: 'error', id: message.id, error: String(error) })
  }
}

async function answer(message: Exclude<ToWorker, { kind: 'dieInCommit' }>): Promise<FromWorker> {
  const { kind, id } = message
  if (kind === 'health') return { kind, id, health: await app.health() }
  if (kind === 'idle') {
    await app.idle({ timeout: 20_000 })
    return { kind, id, commits: await app.store.commits() }
  }
  const result = await app.execute(message.command)
  const refusal = result.outcome === 'refused' ? { refusal: result.refusal } : {}
  const outcome: Outcome = { outcome: result.outcome, ...refusal }
  return { kind: 'outcome', id, outcome }
}

function dieInCommit(commits: number): void {
  let left = commits
  app.store.onCommit(() => {
    left--
    if (left <= 0) process.kill(process.pid, 'SIGKILL')
  })
}

function say(message: FromWorker): void {
  // The run may have gone: then there is nobody to tell.
  if (process.connected) process.send?.(message)
}

function stderrLogger(worker: WorkerName): Logger {
  const line = (level: string) => (fields: object, text: string) => {
    const told = JSON.stringify(fields, (_, value: unknown) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    )
    process.stderr.write(`${new Date().toISOString()} ${worker} ${level} ${text} ${told}\n`)
  }
  return { debug() {}, info() {}, warn: line('warn'), error: line('error') }
}
