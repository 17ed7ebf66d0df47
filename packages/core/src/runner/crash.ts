import { EventwrightError } from '../event/index.ts'
import type { App } from './app.ts'

/** `crash` was asked of an app that was not opened with `crashable: true`. */
export class NotCrashable extends EventwrightError {
  readonly code = 'NotCrashable'
}

const endings = new WeakMap<App | Promise<App>, () => Promise<void>>()

/** Remembers how to end an app as a killed process ends. */
export function makeCrashable(app: App | Promise<App>, end: () => Promise<void>): void {
  endings.set(app, end)
}

/**
 * Ends an app as `kill -9` ends its process: what is in flight has no effect any more, nothing is acknowledged
 * or given back. Opened again under the same `instance`, it has its leases at once. What `eventwright()` gave ends one
 * that is still being opened, which then never is. For tests. @throws NotCrashable
 */
export async function crash(app: App | Promise<App>): Promise<void> {
  const end = endings.get(app)
  if (!end)
    throw new NotCrashable('This app cannot be crashed: open it with eventwright({ …, crashable: true }).')
  await end()
}
