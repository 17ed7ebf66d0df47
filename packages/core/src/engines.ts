import type { BrokerEngine } from './broker/index.ts'
import { UnknownEngine } from './engine-errors.ts'
import { optionalEngine } from './optional-engine.ts'
import type { RenewEpoch, StoreEngine, Upgrade, UpgradeOptions } from './store/index.ts'

export { EngineNotInstalled, UnknownEngine } from './engine-errors.ts'
export { shownUrl } from './shown-url.ts'

/** What a store's URL gives: the store, a broker in the same place, and a new epoch for after a restore. */
export type StoreAndBrokerEngine = StoreEngine &
  BrokerEngine & {
    /** After a restore: the log goes on in another epoch, for stores that are opened from now on. */
    renewEpoch(options?: RenewEpoch): Promise<string>
    /** Brings the tables up to date, as opening does, or says what that would come to. Not there for what is in memory. */
    migrate?(options?: UpgradeOptions): Promise<Upgrade>
  }

/** What an engine that is named by its URL takes beside it. */
export interface EngineOptions {
  /** True: what is there is looked at. Nothing is made, and nothing in it changes. Default false. */
  readonly readOnly?: boolean
  /** Of a broker that keeps messages itself: milliseconds that they are kept once every group has them; default 7 days. */
  readonly retention?: number
}

/**
 * The store that a URL names, which is a broker too: `memory:`, `sqlite:FILE`, or `postgres://USER:PASSWORD@HOST/DATABASE?schema=orders`
 * (default schema `eventwright`). Only the
 * engine that is named is loaded. @throws UnknownEngine EngineNotInstalled InvalidOption
 */
export async function storeEngine(url: string, options: EngineOptions = {}): Promise<StoreAndBrokerEngine> {
  const engine = await storeNamed(url, options)
  if (engine) return engine
  throw new UnknownEngine(url, `no such store; use ${STORES}`)
}

/**
 * The broker that a URL names: that of a store, or `kafka://HOST:PORT,HOST:PORT`. Only the engine that is named is
 * loaded. @throws UnknownEngine EngineNotInstalled InvalidOption
 */
export async function brokerEngine(url: string, options: EngineOptions = {}): Promise<BrokerEngine> {
  if (url.startsWith('kafka://')) {
    const { kafka } = await optionalEngine(url, '@platformatic/kafka', () => import('./kafka.ts'))
    return kafka(url)
  }
  const engine = await storeNamed(url, options)
  if (engine) return engine
  throw new UnknownEngine(url, `no such broker; use ${STORES}, or kafka://HOST:PORT`)
}

const STORES = 'memory:, sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME'

async function storeNamed(url: string, options: EngineOptions): Promise<StoreAndBrokerEngine | undefined> {
  if (url === 'memory:') return (await import('./memory.ts')).memory(options)
  const file = /^sqlite:(.+)$/s.exec(url)?.[1]
  if (file !== undefined) {
    const [, parameter] = /\?(\w+)=/.exec(file) ?? []
    if (parameter !== undefined)
      throw new UnknownEngine(url, `sqlite:FILE takes no parameter "${parameter}"; give a path alone`)
    return (await import('./sqlite.ts')).sqlite(file, options)
  }
  if (!/^postgres(ql)?:\/\//.test(url)) return undefined
  const { postgres } = await optionalEngine(url, 'pg', () => import('./postgres.ts'))
  return postgres(url, options)
}
