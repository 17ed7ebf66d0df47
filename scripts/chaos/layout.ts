import type { Random } from '../../packages/eventwright/src/flow/load/random.ts'

/** How the flow is spread over the two processes. */
export const LAYOUTS = ['split', 'twins'] as const
export type LayoutName = (typeof LAYOUTS)[number]

/** The two processes. */
export const WORKERS = ['a', 'b'] as const
export type WorkerName = (typeof WORKERS)[number]

const ALL = ['orders', 'fraud', 'inventory', 'payments', 'shipping'] as const
/** With orders are the saga and the orders' summary, with inventory the stock levels. */
const SHARES: { readonly [worker in WorkerName]: readonly string[] } = {
  a: ['orders', 'fraud'],
  b: ['inventory', 'payments', 'shipping'],
}

export const BROKER_FILE = 'broker.db'

/** The services that run in a process. */
export function servicesOf(layout: LayoutName, worker: WorkerName): readonly string[] {
  return layout === 'twins' ? ALL : SHARES[worker]
}

/** The store of a process, as a file in the run's folder. */
export function storeFileOf(layout: LayoutName, worker: WorkerName): string {
  return layout === 'twins' ? 'store.db' : `store-${worker}.db`
}

export function storeFiles(layout: LayoutName): readonly string[] {
  return [...new Set(WORKERS.map((worker) => storeFileOf(layout, worker)))]
}

/** The processes that take the commands of a service. */
export function workersOf(layout: LayoutName, service: string): readonly WorkerName[] {
  return WORKERS.filter((worker) => servicesOf(layout, worker).includes(service))
}

/** Who is killed: one of the two, or both. */
export function victimsOf(random: Random): readonly WorkerName[] {
  if (random.chance(0.15)) return WORKERS
  return random.chance(0.5) ? ['a'] : ['b']
}
