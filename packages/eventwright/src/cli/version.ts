import { readFileSync } from 'node:fs'

/** Set where the command is bundled into one file, which has no package.json beside it. */
declare const EVENTWRIGHT_BUNDLED_VERSION: string | undefined

/** The version of this package; `src/cli` and `dist/cli` stand at the same depth. */
export function version(): string {
  if (typeof EVENTWRIGHT_BUNDLED_VERSION === 'string') return EVENTWRIGHT_BUNDLED_VERSION
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return 'unknown'
  return String(manifest.version)
}
