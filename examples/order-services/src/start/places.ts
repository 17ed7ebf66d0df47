import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { shownUrl } from '@eventwright/core/engines'
import type { Options } from './options.ts'

/** Where the services keep their events, and how they talk. */
export interface Places {
  /** The store of a service. */
  store(service: string): string
  readonly broker: string
  /** For people: without user and password. */
  readonly told: { readonly store: string; readonly broker: string }
  /** Removes what was made for this run only. */
  remove(): void
}

export function placesOf({ store, broker }: Options): Places {
  if (store === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'order-services-'))
    return inFolder(folder, broker, () => rmSync(folder, { recursive: true, force: true }))
  }
  if (store.startsWith('sqlite:')) {
    const folder = resolve(store.slice('sqlite:'.length))
    mkdirSync(folder, { recursive: true })
    return inFolder(folder, broker, () => {})
  }
  const events = broker ?? withSchema(store, 'broker')
  return {
    store: (service) => withSchema(store, service),
    broker: events,
    told: { store: shownUrl(store), broker: shownUrl(events) },
    remove() {},
  }
}

function inFolder(folder: string, given: string | undefined, remove: () => void): Places {
  const broker = given ?? `sqlite:${join(folder, 'broker.db')}`
  const store = (service: string): string => `sqlite:${join(folder, `${service}.db`)}`
  return { store, broker, told: { store: store('…'), broker: shownUrl(broker) }, remove }
}

/** One database, and a schema for each. */
function withSchema(url: string, schema: string): string {
  const own = new URL(url)
  own.searchParams.set('schema', schema)
  return own.href
}
