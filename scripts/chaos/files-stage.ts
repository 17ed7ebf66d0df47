import { join } from 'node:path'
import { dumpFiles } from './dump.ts'
import { killsOf } from './kills.ts'
import { type LayoutName, storeFiles, victimsOf, WORKERS, workersOf } from './layout.ts'
import { loadShop, writeShop } from './shop.ts'
import type { Stage } from './stage.ts'
import { truthOf } from './truth/index.ts'
import { logOf } from './truth/log.ts'
import type { WorkerSettings } from './worker.ts'
import { WorkerProcess } from './worker-process.ts'

const PROGRAM = join(import.meta.dirname, 'worker.ts')
const LEASE_TIME = 700
const PATIENCE = '4s'
const OPEN_AT_MOST = 40

export interface FilesOptions {
  readonly folder: string
  readonly layout: LayoutName
  /** Milliseconds; default 700. */
  readonly leaseTime?: number
  /** How long the gateway may take to answer, as the flow file says it; default 4s. */
  readonly patience?: string
}

/** The worked flow in two processes, on SQLite files in the folder. */
export async function filesStage(options: FilesOptions): Promise<Stage> {
  const { folder, layout, leaseTime = LEASE_TIME, patience = PATIENCE } = options
  await writeShop(folder, patience)
  const { flow } = await loadShop(folder)
  const workers = new Map(
    WORKERS.map((worker) => {
      const settings: WorkerSettings = { folder, layout, worker, leaseTime }
      return [worker, new WorkerProcess({ name: worker, program: PROGRAM, folder, settings })]
    }),
  )
  const positions = new Map(storeFiles(layout).map((file) => [file, 0]))
  return {
    workers,
    openAtMost: OPEN_AT_MOST,
    takers: (aggregate) => workersOf(layout, flow.aggregates.get(aggregate)?.service ?? ''),
    kills: (seed, count) => killsOf(seed, count, leaseTime, victimsOf),
    async follow() {
      return [...positions].flatMap(([file, after]) => {
        const news = logOf(join(folder, file), after)
        positions.set(file, news.at(-1)?.position ?? after)
        return news
      })
    },
    truth: async () => truthOf(folder, layout),
    dump: async () => dumpFiles(folder, storeFiles(layout)),
    async disturb() {},
    afterKill: async () => [],
    figures: () => '',
    async close() {},
  }
}
