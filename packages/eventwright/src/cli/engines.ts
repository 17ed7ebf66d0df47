import { type BrokerEngine, memory, type StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { UsageError } from './usage-error.ts'

type Engine = StoreEngine & BrokerEngine

/** The engine that a URL names: `memory:` or `sqlite:FILE`. */
export function engineOf(url: string, option: string): Engine {
  if (url === 'memory:') return memory()
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file) return sqlite(file)
  throw new UsageError(`${option} ${url}: no such engine; use memory: or sqlite:FILE`)
}
