// One process of the flow: the services of its share, as a service of a user runs them.
import { join } from 'node:path'
import process from 'node:process'
import { type App, eventwright, service } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import type { CompiledFlow } from '../../packages/eventwright/src/flow/index.ts'
import { BROKER_FILE, type LayoutName, servicesOf, storeFileOf, type WorkerName } from './layout.ts'
import { obey } from './obey.ts'
import { loadShop } from './shop.ts'
import { stderrLogger } from './stderr-logger.ts'

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
obey(app)

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
