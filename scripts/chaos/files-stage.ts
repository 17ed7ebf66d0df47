import { join } from 'node:path'
import { dumpRows } from './dump.ts'
import { killsOf } from './kills.ts'
import { BROKER_FILE, type LayoutName, storeFiles, victimsOf, WORKERS, workersOf } from './layout.ts'
import { loadShop, writeShop } from './shop.ts'
import type { Stage } from './stage.ts'
import { fileRows, followLogs, type Rows, sentIn, type Truth, truthOf } from './truth/index.ts'
import type { WorkerSettings } from './worker.ts'
import { WorkerProcess } from './worker-process.ts'

const PROGRAM = join(import.meta.dirname, 'worker.ts')
const LEASE_TIME = 700
const PATIENCE = '4s'
const OPEN_AT_MOST = 40
const LOOK_EVERY = 30
const STALL = { tell: 10_000, end: 40_000 }

export interface FilesOptions {
  readonly folder: string
  readonly layout: LayoutName
  readonly seed: string
  /** Milliseconds; default 700. */
  readonly leaseTime?: number
  /** How long the gateway may take to answer, as the flow file says it; default 4s. */
  readonly patience?: string
}

/** The worked flow in two processes, on SQLite files in the folder. */
export async function filesStage(options: FilesOptions): Promise<Stage> {
  const { folder, layout, seed, leaseTime = LEASE_TIME, patience = PATIENCE } = options
  await writeShop(folder, patience)
  const { flow } = await loadShop(folder)
  const workers = new Map(
    WORKERS.map((worker) => {
      const settings: WorkerSettings = { folder, layout, worker, leaseTime }
      return [worker, new WorkerProcess({ name: worker, program: PROGRAM, folder, settings })]
    }),
  )
  return {
    workers,
    openAtMost: OPEN_AT_MOST,
    lookEvery: LOOK_EVERY,
    stall: STALL,
    takers: (aggregate) => workersOf(layout, flow.aggregates.get(aggregate)?.service ?? ''),
    kills: (count) => killsOf(seed, count, leaseTime, victimsOf),
    follow: followLogs(storesIn(folder, layout).values()),
    truth: () => filesTruth(folder, layout),
    dump: () => dumpRows(storesIn(folder, layout), [BROKER_FILE, fileRows(join(folder, BROKER_FILE))]),
    async disturb() {},
    afterKill: async () => [],
    figures: () => '',
    async close() {},
  }
}

/** What stands in the files of a run. */
export function filesTruth(folder: string, layout: LayoutName): Promise<Truth> {
  const broker = fileRows(join(folder, BROKER_FILE))
  return truthOf({ stores: storesIn(folder, layout), broker: () => sentIn(broker) })
}

function storesIn(folder: string, layout: LayoutName): ReadonlyMap<string, Rows> {
  return new Map(storeFiles(layout).map((file) => [file, fileRows(join(folder, file))]))
}
