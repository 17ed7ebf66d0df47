import process from 'node:process'
import { EventwrightError } from '@eventwright/core'
import { shownUrl } from '@eventwright/core/engines'
import {
  enginesForRun,
  isKafka,
  isPostgres,
  parameterOf,
  type RunEngines,
  type RunUrls,
  watchEngines,
} from '../engines/index.ts'
import { leavesBehind } from './left-behind.ts'
import { remaining } from './remains.ts'
import { UsageError } from './usage-error.ts'

export const RUN_STORES = 'memory:, sqlite:FILE or postgres://HOST/DATABASE'
export const RUN_BROKERS = 'memory:, sqlite:FILE, postgres://HOST/DATABASE or kafka://HOST:PORT'

/** The engines that a command line names for a run; nothing is opened yet. @throws UsageError */
export async function runEngines({ store, broker }: RunUrls): Promise<RunEngines> {
  const warn = (message: string): void => void process.stderr.write(`${message}\n`)
  const engines = await enginesForRun({ store, broker }, warn).catch(asUsage)
  const removed = leavesBehind()
  const forget = remaining(() => engines.remains())
  return {
    ...engines,
    async [Symbol.asyncDispose]() {
      await engines[Symbol.asyncDispose]()
      forget()
      removed()
    },
  }
}

/** Tells on standard error where an engine of a run is gone, and aborts where it stays so. */
export function watchRun({
  store,
  broker,
}: Pick<RunEngines, 'store' | 'broker'>): ReturnType<typeof watchEngines> {
  const urls = [store?.url, broker?.url].flatMap((url) => url ?? [])
  return watchEngines(urls, { say: (message) => void process.stderr.write(`${message}\n`) })
}

/** What a URL that names no engine leads to. */
export function asUsage(error: unknown): never {
  const isOfUrl = error instanceof EventwrightError && WRONG_URL.has(error.code)
  throw isOfUrl ? new UsageError(error.message) : error
}

const WRONG_URL: ReadonlySet<string> = new Set(['UnknownEngine', 'InvalidOption'])

/** Where a run is, for people: no secret is in it. */
export function placeText({ store, broker }: RunUrls): string {
  return `${store === undefined ? 'a temporary SQLite store' : shown(store)} and ${brokerText({ store, broker })}`
}

function brokerText({ store, broker }: RunUrls): string {
  if (broker !== undefined) return shown(broker)
  return store !== undefined && isPostgres(store) ? 'its own broker' : 'a temporary SQLite broker'
}

function shown(url: string): string {
  if (isPostgres(url) && parameterOf(url, 'schema') === undefined)
    return `${shownUrl(url)} (a schema of this run)`
  if (isKafka(url) && parameterOf(url, 'prefix') === undefined) return `${shownUrl(url)} (topics of this run)`
  return shownUrl(url)
}
