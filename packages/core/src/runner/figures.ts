import type { ComponentHealth } from '../delivery/index.ts'
import type { Figure, Reading } from '../event/index.ts'
import type { AppHealth } from './health.ts'

type Sample = Omit<Reading, 'figure'>

interface Source extends Figure {
  readonly read: (health: AppHealth) => readonly Sample[]
}

const STATES = ['running', 'waiting', 'open', 'faulted', 'stopped', 'unknown'] as const

const SOURCES: readonly Source[] = [
  gauge(
    'ready',
    'Whether the app was started and every component runs or waits for another process.',
    (health) => [plain(Number(health.ready))],
  ),
  gauge('store_answers', 'Whether the store answers.', (health) => [plain(Number(health.storeAnswers))]),
  gauge('component_state', 'The state of a component: 1 for the one that it is in.', ({ components }) =>
    components.flatMap(({ name, state }) =>
      STATES.map((one) => ({ labels: { component: name, state: one }, value: Number(one === state) })),
    ),
  ),
  gauge(
    'lag',
    'Events or messages that a component has still to do.',
    each(({ lag }) => lag),
  ),
  gauge(
    'in_flight',
    'Messages that were taken and are not done.',
    each(({ work }) => work?.inFlight),
  ),
  gauge(
    'lease_held',
    'Whether this process holds the lease of a component; of a saga, of its timers.',
    each(({ work }) => (work?.leaseHeld === undefined ? undefined : Number(work.leaseHeld))),
  ),
  counter(
    'handled',
    'Messages or events that were handled; of the relay, published.',
    each(({ work }) => work?.handled),
  ),
  counter(
    'retries',
    'Attempts that failed and are made again.',
    each(({ work }) => work?.retries),
  ),
  counter(
    'parked',
    'Messages that this process parked.',
    each(({ work }) => work?.parked),
  ),
  gauge(
    'parked_keys',
    'Keys that wait behind a dead letter.',
    each(({ detail }) => number(detail?.parkedKeys)),
  ),
  gauge(
    'dead_letters',
    'Messages that are parked.',
    each(({ detail }) => number(detail?.deadLetters)),
  ),
  gauge(
    'sagas_open',
    'Sagas that have started and not ended.',
    eachSaga(({ detail }) => number(detail?.openSagas)),
  ),
  gauge(
    'sagas_stuck',
    'Sagas whose compensation is refused again and again.',
    eachSaga(({ detail }) => number(detail?.stuck)),
  ),
  {
    ...gauge('oldest_open_append', 'How long the oldest append in the queue has waited.', (health) => [
      plain(health.oldestOpenAppend / 1000),
    ]),
    unit: 's',
  },
  gauge('open_appends', 'Appends and units of work in the queue.', (health) => [plain(health.openAppends)]),
  counter('commits', "Commits that this process has seen, also others'.", (health) => [
    ...(health.storeAnswers ? [plain(health.commits)] : []),
  ]),
  counter('commands', 'Commands that this process executed, by what became of them.', ({ commands }) =>
    Object.entries(commands).map(([outcome, value]) => ({ labels: { outcome }, value })),
  ),
]

/** What is told of an app. */
export const FIGURES: readonly Figure[] = SOURCES

/** The figures of an app, as its health has them. */
export function readingsOf(health: AppHealth): readonly Reading[] {
  return SOURCES.flatMap((figure) => figure.read(health).map((sample) => ({ figure, ...sample })))
}

function gauge(name: string, help: string, read: Source['read']): Source {
  return { name: `eventwright.${name}`, kind: 'gauge', help, read }
}

function counter(name: string, help: string, read: Source['read']): Source {
  return { name: `eventwright.${name}`, kind: 'counter', help, read }
}

function plain(value: number): Sample {
  return { labels: {}, value }
}

type OfComponent = (component: ComponentHealth) => number | undefined

/** One sample a component that has the figure. */
function each(of: OfComponent): Source['read'] {
  return ({ components }) =>
    components.flatMap((component) => {
      const value = of(component)
      return value === undefined ? [] : [{ labels: { component: component.name }, value }]
    })
}

function eachSaga(of: OfComponent): Source['read'] {
  return ({ components }) =>
    components.flatMap((component) => {
      const value = of(component)
      return value === undefined ? [] : [{ labels: { saga: component.name.replace(/^saga:/, '') }, value }]
    })
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
