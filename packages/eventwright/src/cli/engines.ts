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
export function watchRun(engines: RunPlaces): ReturnType<typeof watchEngines> {
  return watchEngines(urlsOf(engines), { say: (message) => void process.stderr.write(`${message}\n`) })
}

type RunPlaces = Pick<RunEngines, 'store' | 'broker'>

/** As messages have them. */
export function urlsOf({ store, broker }: RunPlaces): readonly string[] {
  return [store?.url, broker?.url].flatMap((url) => url ?? [])
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
  const own = ownPart(url)
  return own === undefined ? shownUrl(url) : `${shownUrl(url)} (${own} of this run)`
}

/** What a run makes there for itself. */
function ownPart(url: string): string | undefined {
  if (isPostgres(url) && parameterOf(url, 'schema') === undefined) return 'a schema'
  return isKafka(url) && parameterOf(url, 'prefix') === undefined ? 'topics' : undefined
}

/** What becomes of what a run wrote that is broken off, in sentences. */
export function leftText({ store, broker }: RunUrls): readonly string[] {
  const urls = [...new Set([store, broker])].flatMap((url) =>
    url === undefined || url === 'memory:' ? [] : url,
  )
  const kept = urls.filter((url) => ownPart(url) === undefined).map(shownUrl)
  return [
    ...(kept.length === 0 ? [] : [`What it wrote stays in ${kept.join(' and ')}, under tenants of its own`]),
    ...(kept.length === urls.length
      ? []
      : ['What it made for itself alone is removed, unless a line above says that it could not be']),
  ]
}
