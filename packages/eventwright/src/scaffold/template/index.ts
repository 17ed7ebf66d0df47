import type { ScaffoldFile } from '../file.ts'
import { file as app } from './app.ts'
import { file as cannotStart } from './cannot-start.ts'
import { file as drain } from './drain.ts'
import { file as engines } from './engines.ts'
import { file as commands } from './http/commands.ts'
import { file as consistency } from './http/consistency.ts'
import { file as health } from './http/health.ts'
import { file as httpTests } from './http/http-tests.ts'
import { file as listen } from './http/listen.ts'
import { file as openapi } from './http/openapi.ts'
import { file as outcome } from './http/outcome.ts'
import { file as problem } from './http/problem.ts'
import { file as readModels } from './http/read-models.ts'
import { file as request } from './http/request.ts'
import { file as requestsInHand } from './http/requests-in-hand.ts'
import { file as server } from './http/server.ts'
import { file as main } from './main.ts'

/** What is the same in every service. */
export const TEMPLATE: readonly ScaffoldFile[] = [
  app,
  cannotStart,
  drain,
  engines,
  main,
  commands,
  consistency,
  health,
  listen,
  openapi,
  outcome,
  problem,
  readModels,
  request,
  requestsInHand,
  server,
  httpTests,
]
