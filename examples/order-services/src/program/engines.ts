import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'

export async function storeEngine(url: string): Promise<StoreEngine> {
  return sqlite(url.slice('sqlite:'.length))
}

export async function brokerEngine(url: string): Promise<BrokerEngine> {
  return sqlite(url.slice('sqlite:'.length))
}
