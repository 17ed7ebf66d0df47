import process from 'node:process'
import type { Options } from './options.ts'
import type { Places } from './places.ts'
import { environmentOf, type ServiceName } from './services.ts'

/** Makes this process the one of a service, on the engines that the others are on. A signal drains it. */
export async function runOne(service: ServiceName, { port }: Options, places: Places): Promise<void> {
  Object.assign(process.env, environmentOf(places.store(service), places.broker))
  if (port !== undefined) process.env.PORT = port
  // A terminal's Ctrl-C is to drain it as well; before it is up there is nothing to drain, and it ends.
  process.on('SIGINT', () => process.kill(process.pid, 'SIGTERM'))
  await import(`../${service}/main.ts`)
}
