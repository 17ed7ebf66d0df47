import process from 'node:process'
import { type App, type AppOptions, eventwright, type Logger } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { pino } from 'pino'
import { reasonOf } from './cannot-start.ts'
import { httpServer } from './http.ts'
import { readSettings } from './settings.ts'

/** What a service is made of: the same on every pair of engines. */
export type ServiceCode = Pick<AppOptions, 'name' | 'topic' | 'run'>

/**
 * Runs a service until SIGTERM: its store and its broker are what the environment says. Then it takes nothing more,
 * ends what it has in hand, and ends with 0. Where it cannot start it says why in one message, and ends with 3 where a
 * setting is wrong, with 4 where something cannot be reached or is taken.
 */
export async function serve(service: ServiceCode): Promise<void> {
  try {
    await start(service)
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    process.stderr.write(`${service.name} cannot start: ${reason.why}\n`)
    process.exit(reason.exit)
  }
}

async function start(service: ServiceCode): Promise<void> {
  const { store, broker, port, logLevel } = readSettings(process.env)
  const logger = pino({ name: service.name, level: logLevel }, pino.destination({ dest: 2, sync: true }))
  const app = await eventwright({
    ...service,
    store: await storeEngine(store),
    broker: await brokerEngine(broker),
    signals: true,
    logger,
  })
  const url = await listen(app, logger, port)
  process.stdout.write(`${service.name} listens on ${url}\n`)
  stayWith(process, app, url)
}

/** Without its port it is of no use: what it holds goes to the others at once. */
async function listen(app: App, logger: Logger, port: number): Promise<string> {
  try {
    return await httpServer(app, logger).listen({ host: '127.0.0.1', port })
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** Where another program started this one, tells it where, and ends when that one ends. */
function stayWith({ send, connected }: NodeJS.Process, app: App, url: string): void {
  if (!connected || send === undefined) return
  process.send?.({ url })
  process.on('disconnect', () => void app.stop().finally(() => process.exit()))
}
