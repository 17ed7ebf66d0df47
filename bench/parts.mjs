import { consumerOn } from './consumer/compare.mjs'
import { flowOn } from './flow/servers.mjs'
import { flowOnSqlite } from './flow/sqlite.mjs'
import { growth } from './growth/growth.mjs'
import { growthOnPostgres } from './growth/postgres.mjs'
import { instances } from './instances/instances.mjs'
import { compareProjections } from './projection/compare.mjs'
import { compareRelays } from './relay/compare.mjs'
import { starts } from './start/starts.mjs'
import { compareStores } from './store/compare.mjs'

/** @typedef {ReturnType<import('./engines.mjs').engines>} Engines */
/** @typedef {{ group: string, needs?: readonly string[], run: (engines: Engines, say: (line: string) => void) => Promise<string[]> }} Part */

const store = (name) => (engines, say) => compareStores(name, engines, say)
const sqlite = (run) => ({ group: 'sqlite', run })
const postgres = (run) => ({ group: 'postgres', needs: ['postgres'], run })
const kafka = (run) => ({ group: 'kafka', needs: ['postgres', 'kafka'], run })

/** In the order in which they run. @type {ReadonlyMap<string, Part>} */
export const PARTS = new Map([
  ['append', sqlite(store('append'))],
  ['concurrent', sqlite(store('concurrent'))],
  ['fold', sqlite(store('fold'))],
  ['flow', sqlite(flowOnSqlite)],
  ['start', sqlite(starts)],
  ['growth', sqlite(growth)],
  ['pg-append', postgres(store('pg-append'))],
  ['pg-concurrent', postgres(store('pg-concurrent'))],
  ['pg-fold', postgres(store('pg-fold'))],
  ['pg-projection', postgres(compareProjections)],
  ['pg-consumer', postgres(consumerOn('postgres'))],
  ['pg-flow', postgres(flowOn('postgres'))],
  ['pg-growth', postgres(growthOnPostgres)],
  ['pg-instances', postgres(instances)],
  ['kafka-relay', kafka(compareRelays)],
  ['kafka-consumer', kafka(consumerOn('kafka'))],
  ['kafka-flow', kafka(flowOn('kafka'))],
])

/** The parts that these words name: parts, groups, or all where there is none. @param {readonly string[]} words */
export function chosen(words) {
  const named = words.map((word) =>
    PARTS.has(word) ? [word] : [...PARTS.keys()].filter((name) => PARTS.get(name)?.group === word),
  )
  if (named.some((names) => names.length === 0)) return undefined
  return words.length === 0 ? [...PARTS.keys()] : named.flat()
}
