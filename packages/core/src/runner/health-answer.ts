import type { App } from './app.ts'
import { AppStopped } from './errors.ts'
import { readingsOf } from './figures.ts'
import type { AppHealth } from './health.ts'
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts'

/** What is answered over HTTP. */
export interface HealthAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** Under which paths an app tells how it is. */
export interface HealthHandlerOptions {
  /** What stands before the paths: with `/internal` it is `/internal/health`. Default nothing. */
  readonly prefix?: string
}

/** The answer to a request, or `undefined` for a path that is none of its own. */
export type HealthAnswers = (method: string, url: string) => Promise<HealthAnswer> | undefined

/** Milliseconds: an answer comes within the second that Kubernetes gives a probe. */
const PATIENCE = 800

const LIVE: HealthAnswer = json(200, { status: 'up' })
const STOPPING: HealthAnswer = json(503, { status: 'stopping' })

/** `/health`, `/health/live`, `/health/ready` and `/metrics` of an app. */
export function healthAnswers(app: App, { prefix = '' }: HealthHandlerOptions = {}): HealthAnswers {
  let asking: Promise<AppHealth> | undefined

  /** However many ask at a time, the app is asked once. */
  function health(): Promise<AppHealth> {
    asking ??= app.health({ patience: PATIENCE }).finally(() => {
      asking = undefined
    })
    return asking
  }

  async function told(tell: (health: AppHealth) => HealthAnswer): Promise<HealthAnswer> {
    try {
      return tell(await health())
    } catch (error) {
      return error instanceof AppStopped ? STOPPING : json(503, { status: 'down' })
    }
  }

  const paths = new Map<string, () => Promise<HealthAnswer>>([
    [`${prefix}/health`, () => told(whole)],
    [`${prefix}/health/live`, async () => LIVE],
    [`${prefix}/health/ready`, () => told(readiness)],
    [`${prefix}/metrics`, () => told(metrics)],
  ])

  return (method, url) => {
    const [path = ''] = url.split('?', 1)
    const answer = paths.get(path)
    if (answer === undefined) return undefined
    if (method === 'GET' || method === 'HEAD') return answer()
    return Promise.resolve({ ...json(405, { status: 'GET or HEAD only' }), headers: { allow: 'GET, HEAD' } })
  }
}

/** Nothing of what was processed: whoever can reach the port reads this. No count that not all could be asked for. */
function whole({ components, storeAnswers, ...health }: AppHealth): HealthAnswer {
  const { oldestOpenAppend, openAppends, commits, parkedKeys, faulted, sagas } = health
  const isWell = storeAnswers && components.every(({ state }) => state === 'running' || state === 'waiting')
  const isKnown = storeAnswers && components.every(({ state }) => state !== 'unknown')
  const parts = components.map(({ name, state, lag, work }) => ({ name, state, lag, ...work }))
  const unwell = storeAnswers ? 'degraded' : 'down'
  const status = isWell ? 'up' : unwell
  return json(isWell ? 200 : 503, {
    status,
    storeAnswers,
    oldestOpenAppend,
    openAppends,
    ...(isKnown ? { commits, parkedKeys, sagas } : {}),
    faulted,
    components: parts,
  })
}

/** A component that stands still does not count: no traffic would be better off elsewhere. */
function readiness({ storeAnswers }: AppHealth): HealthAnswer {
  return storeAnswers ? json(200, { status: 'up' }) : json(503, { status: 'down' })
}

function metrics(health: AppHealth): HealthAnswer {
  return {
    status: 200,
    headers: { 'content-type': PROMETHEUS_TYPE, 'cache-control': 'no-store' },
    body: prometheusText(readingsOf(health)),
  }
}

function json(status: number, value: object): HealthAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body: `${JSON.stringify(value)}\n` }
}
