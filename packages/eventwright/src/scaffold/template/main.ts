import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/main.ts',
  owner: 'yours',
  text: `import process from 'node:process'
import { destination, pino } from 'pino'
import { openApp } from './app.ts'
import { cannotStart } from './cannot-start.ts'
import { drainOn, type Running } from './drain.ts'
import { listen } from './http/listen.ts'
import { buildServer } from './http/server.ts'
import { readSettings, type Settings } from './settings.ts'

// Exit codes: 0 drained, or ended before it was up; 1 failed or not drained in time; 2 the environment is wrong;
// 4 an engine cannot be reached, or refuses; 143 and 130 a second signal.
function settingsOrExit(): Settings {
  try {
    return readSettings(process.env)
  } catch (error) {
    exitIfExplained(error)
    throw error
  }
}

/** One line on what to mend says more than a log does. */
function exitIfExplained(error: unknown): void {
  const why = cannotStart(error)
  if (why === undefined) return
  process.stderr.write(\`\${why.message}\\n\`)
  process.exit(why.code)
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
  await listen(http.server, settings)
} catch (error) {
  // Without its port it is of no use: what it holds goes to the others at once.
  await running?.app.stop().catch(() => {})
  exitIfExplained(error)
  logger.fatal(error, 'the service cannot start')
  process.exit(1)
}
`,
}
