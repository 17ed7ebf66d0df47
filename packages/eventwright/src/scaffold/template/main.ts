import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/main.ts',
  owner: 'yours',
  text: `import process from 'node:process'
import { destination, pino } from 'pino'
import { openApp } from './app.ts'
import { drainOn, type Running } from './drain.ts'
import { buildServer } from './http/server.ts'
import { InvalidSettings, readSettings, type Settings } from './settings.ts'

// Exit codes: 0 drained, or ended before it was up; 1 failed or not drained in time; 2 the environment is wrong;
// 143 and 130 a second signal.
function settingsOrExit(): Settings {
  try {
    return readSettings(process.env)
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error
    process.stderr.write(\`\${error.message}\\n\`)
    process.exit(2)
  }
}

const settings = settingsOrExit()
// Written at once: what is kept for later is tried for ever at the end where nobody reads it any more.
const logger = pino({ level: settings.logLevel }, destination({ dest: 1, sync: true }))
let running: Running | undefined
drainOn(['SIGTERM', 'SIGINT'], { running: () => running, logger, seconds: settings.drainSeconds })
try {
  const app = await openApp(settings, { logger })
  const http = buildServer({ app, settings, logger })
  running = { app, http }
  await http.server.listen({ host: settings.host, port: settings.port })
} catch (error) {
  logger.fatal(error, 'the service cannot start')
  process.exit(1)
}
`,
}
