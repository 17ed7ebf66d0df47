import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/main.ts',
  owner: 'yours',
  text: `import process from 'node:process'
import { pino } from 'pino'
import { openApp } from './app.ts'
import { drainOn } from './drain.ts'
import { buildServer } from './http/server.ts'
import { InvalidSettings, readSettings, type Settings } from './settings.ts'

// Exit codes: 0 drained, 1 failed or not drained in time, 2 the environment is wrong, 143 and 130 a second signal.
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
const logger = pino({ level: settings.logLevel })
try {
  const app = await openApp(settings, { logger })
  const http = buildServer({ app, settings, logger })
  drainOn(['SIGTERM', 'SIGINT'], { app, http, logger, seconds: settings.drainSeconds })
  await http.server.listen({ host: settings.host, port: settings.port })
} catch (error) {
  logger.fatal(error, 'the service cannot start')
  process.exit(1)
}
`,
}
