import { join } from 'node:path'
import { dumpRows } from '../dump.ts'
import { BROKER_FILE } from '../layout.ts'
import { fileRows, sentIn } from '../truth/index.ts'
import type { Postman, Stores } from './engines.ts'
import { SERVICES } from './services.ts'

/** A file for each service. */
export function sqliteStores(folder: string): Stores {
  const pathOf = (service: string): string => join(folder, `${service}.db`)
  const rows = new Map(SERVICES.map((service) => [service, fileRows(pathOf(service))]))
  return {
    urlOf: (service) => `sqlite:${pathOf(service)}`,
    rows,
    again: 0,
    outages: [],
    dump: () => dumpRows(rows),
    async close() {},
  }
}

export function sqliteBroker(folder: string): Postman {
  const path = join(folder, BROKER_FILE)
  return {
    url: `sqlite:${path}`,
    sent: () => sentIn(fileRows(path)),
    outages: [],
    dump: () => dumpRows([], [BROKER_FILE, fileRows(path)]),
    async close() {},
  }
}
