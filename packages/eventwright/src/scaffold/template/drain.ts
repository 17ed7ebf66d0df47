import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/drain.ts',
  owner: 'yours',
  text: `import process from 'node:process'
import type { App } from '@eventwright/core'
import type { FastifyBaseLogger } from 'fastify'
import type { HttpServer } from './http/server.ts'

/** What has to be drained. */
export interface Running {
  readonly app: App
  readonly http: HttpServer
}

interface Draining {
  /** Undefined while the service starts: then there is nothing to drain. */
  readonly running: () => Running | undefined
  readonly logger: FastifyBaseLogger
  readonly seconds: number
}

/** What a shell reports for a process that a signal ended. */
const ENDED_BY = { SIGTERM: 143, SIGINT: 130 } as const

/**
 * On a signal: says that it is not ready, finishes the requests that came, then what the app has in flight, and ends
 * the process with 0; with 1 where that fails or takes longer than \`seconds\`. A second signal ends it at once, and so
 * does the first where the service is not up yet, with 0.
 */
export function drainOn(signals: readonly (keyof typeof ENDED_BY)[], draining: Draining): void {
  let begun = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (begun) process.exit(ENDED_BY[signal])
      begun = true
      const running = draining.running()
      if (!running) process.exit(0)
      drain(signal, running, draining)
    })
  }
}

function drain(signal: string, { app, http }: Running, { logger, seconds }: Draining): void {
  logger.info({ signal }, 'draining')
  const late = setTimeout(() => {
    logger.error({ seconds }, 'not drained in time')
    process.exit(1)
  }, seconds * 1000)
  http
    .drain()
    .then(() => app.stop())
    .then(
      () => {
        clearTimeout(late)
        logger.info('drained')
        process.exit(0)
      },
      (error: unknown) => {
        logger.error(error, 'draining failed')
        process.exit(1)
      },
    )
}
`,
}
