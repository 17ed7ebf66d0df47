// One process of a service of examples/order-services, on the engines that it is told.
import process from 'node:process'
import { eventwright } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { obey } from '../obey.ts'
import { stderrLogger } from '../stderr-logger.ts'
import { codeOf, type ServiceName, withoutId } from './services.ts'

/** What a process is told at its start. */
export interface InstanceSettings {
  readonly name: string
  readonly service: ServiceName
  readonly storeUrl: string
  readonly brokerUrl: string
  readonly leaseTime: number
}

const settings: InstanceSettings = JSON.parse(process.argv[2] ?? '{}')
const app = await eventwright({
  ...(await codeOf(settings.service)),
  store: await storeEngine(settings.storeUrl),
  broker: await brokerEngine(settings.brokerUrl),
  leaseTime: settings.leaseTime,
  // Whoever kills at random hits the same message again some day: it is not to blame.
  retry: { crashes: Number.MAX_SAFE_INTEGER },
  signals: true,
  logger: stderrLogger(settings.name),
})
obey(app, withoutId)
