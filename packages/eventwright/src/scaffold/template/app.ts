import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/app.ts',
  owner: 'yours',
  text: `import { type App, type AppOptions, eventwright } from '@eventwright/core'
import { parts } from './domain/index.ts'
import { enginesOf } from './engines.ts'
import { elsewhere, name, topic } from './generated/services.ts'
import type { Settings } from './settings.ts'

/** What the service is made of: also what \`eventwright at\`, \`replay\` and \`dead\` take with \`--app src/app.ts\`. */
export const run = [...parts, ...elsewhere]

/** Opens the service's store and broker and keeps its parts going; \`options\` are for tests and for what is special here. */
export async function openApp(
  settings: Pick<Settings, 'storeUrl' | 'brokerUrl'>,
  options: Partial<AppOptions> = {},
): Promise<App> {
  return eventwright({
    name,
    topic,
    ...(await enginesOf(settings)),
    run,
    ...options,
  })
}
`,
}
