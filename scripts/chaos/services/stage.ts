import { join } from 'node:path'
import type { Random } from '../../../packages/eventwright/src/flow/load/random.ts'
import { killsOf } from '../kills.ts'
import type { Stage } from '../stage.ts'
import { SAGA_ENDED } from '../truth/events.ts'
import { followLogs, type Rows, truthOf } from '../truth/index.ts'
import { WorkerProcess } from '../worker-process.ts'
import type { Postman, Stores } from './engines.ts'
import type { InstanceSettings } from './instance.ts'
import { outagesOf } from './outages.ts'
import { rollingOf } from './rolling.ts'
import { instancesOf, SERVICES, type ServiceName, serviceOf } from './services.ts'

const PROGRAM = join(import.meta.dirname, 'instance.ts')
const LEASE_TIME = 1500
const OPEN_AT_MOST = 60
const LOOK_EVERY = 150
/** Ten processes take their time to start on two cores, and engines to come back. */
const STALL = { tell: 30_000, end: 120_000 }
/** What those outside listen for. */
const HEARD = ['PaymentRequested', 'PaymentVoided', SAGA_ENDED]

export interface ServicesOptions {
  readonly folder: string
  readonly seed: string
  readonly stores: Stores
  readonly broker: Postman
  /** Seconds that the gateway may take to answer; default 4. */
  readonly patience?: number
  /** How often engines go down, against 5 to 10 s for PostgreSQL; default 1. */
  readonly pace?: number
  /** Milliseconds; default 1500. */
  readonly leaseTime?: number
  /** Services with two processes; default all. */
  readonly pairs?: readonly ServiceName[]
  /** Services that are restarted in order; default all. */
  readonly restarts?: readonly ServiceName[]
}

/** The services of examples/order-services, two processes each. */
export function servicesStage({
  folder,
  seed,
  stores,
  broker,
  pace,
  patience = 4,
  ...options
}: ServicesOptions): Stage {
  const { leaseTime = LEASE_TIME, pairs = SERVICES, restarts = SERVICES } = options
  const instances = (service: ServiceName) => instancesOf(service, pairs)
  const workers = new Map(
    SERVICES.flatMap((service) =>
      instances(service).map((name) => {
        const settings: InstanceSettings = {
          name,
          service,
          storeUrl: stores.urlOf(service),
          brokerUrl: broker.url,
          leaseTime,
        }
        const env = { BANK_PATIENCE: String(patience) }
        return [name, new WorkerProcess({ name, program: PROGRAM, folder, settings, env, supervised: true })]
      }),
    ),
  )
  const outages = outagesOf(seed, [...stores.outages, ...broker.outages], pace)
  const rolling = rollingOf(workers, outages, restarts.map(instances))
  const spoken = [...stores.rows].filter(([service]) => service === 'orders' || service === 'payments')
  const heard = spoken.map(([, rows]) => forgiving(rows))
  const follow = followLogs(heard, { types: HEARD, again: stores.again })
  return {
    workers,
    openAtMost: OPEN_AT_MOST,
    lookEvery: LOOK_EVERY,
    stall: STALL,
    takers: (aggregate) => instances(serviceOf(aggregate)),
    kills: (count) => killsOf(seed, count, leaseTime, (random) => victimsOf(random, SERVICES.map(instances))),
    async follow() {
      const news = await follow()
      if (news.length > 0) outages.moved()
      return news
    },
    truth: () => truthOf({ stores: stores.rows, broker: broker.sent }),
    dump: async () => [...(await stores.dump()), ...(await broker.dump())],
    disturb: (signal) => outages.run(signal),
    afterKill: (killed, all) => rolling.after(killed, all),
    figures: () =>
      [outages.told(), `${rolling.restarted} restarts in order`, startsIn(workers)]
        .filter(Boolean)
        .join(', '),
    async close() {
      await broker.close()
      await stores.close()
    },
  }
}

/** Most often one process, now and then both of a service, or one of each. */
function victimsOf(random: Random, services: readonly (readonly string[])[]): readonly string[] {
  const chance = random.next()
  if (chance < 0.04) return services.flatMap((instances) => random.pick(instances) ?? [])
  const instances = random.pick(services) ?? []
  if (chance < 0.15) return instances
  return [random.pick(instances) ?? '']
}

/** An engine that is away is looked at again. */
function forgiving(rows: Rows): Rows {
  return (sql) => rows<never>(sql).catch(() => [])
}

function startsIn(workers: ReadonlyMap<string, WorkerProcess>): string {
  const again = [...workers.values()].reduce((sum, worker) => sum + worker.startedAgain, 0)
  return `${again} starts tried again`
}
