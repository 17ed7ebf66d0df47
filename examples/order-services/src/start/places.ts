import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { shownUrl } from '@eventwright/core/engines'
import { makeFolder, makeTemporaryFolder } from './make-folder.ts'
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

/** Makes the folder that files are to stand in. @throws NoFolder */
export function placesOf({ store, broker }: Options): Places {
  if (store === undefined) {
    const folder = makeTemporaryFolder()
    return inFolder(folder, broker, () => rmSync(folder, { recursive: true, force: true }))
  }
  if (store.startsWith('sqlite:')) {
    const folder = resolve(store.slice('sqlite:'.length))
    makeFolder(folder)
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
