import { type Component, type ComponentHealth, within } from '../delivery/index.ts'
import type { EventStore } from '../store/index.ts'
import type { CommandTally } from './command-tally.ts'

/** What an operator asks an app. */
export interface AppHealth {
  /** True when it was started and every component runs or waits for another process that does. */
  readonly ready: boolean
  /** True when the store answers: commands can be executed here. */
  readonly storeAnswers: boolean
  readonly components: readonly ComponentHealth[]
  /** Events or messages still to do, by consumer, relay, saga and projection; without those that could not be asked. */
  readonly lag: { readonly [component: string]: number }
  /** Milliseconds that the oldest append in the queue has waited. */
  readonly oldestOpenAppend: number
  /** Appends and units of work in the queue of this process. */
  readonly openAppends: number
  /** Commits that this process has seen, also those of others; 0 while the store does not answer. */
  readonly commits: number
  /** Commands that this process executed with `app.execute`, since it was opened. */
  readonly commands: CommandTally
  /** Keys that wait behind a dead letter, over all consumers that could be asked. */
  readonly parkedKeys: number
  /** Components that stopped at what they cannot take. */
  readonly faulted: readonly string[]
  /** Of those that could be asked. */
  readonly sagas: { readonly open: number; readonly stuck: number }
}

/** How long an app asks for its health. */
export interface HealthOptions {
  /** Milliseconds after which what is asked counts as not answering. Default 2000. */
  readonly patience?: number
}

/** Asks every component. Of one that cannot answer nothing is known: health must tell even then. */
export async function healthOf(
  components: readonly Component[],
  store: EventStore,
  started: boolean,
  commands: CommandTally,
  { patience = 2000 }: HealthOptions = {},
): Promise<AppHealth> {
  const [all, commits] = await Promise.all([
    Promise.all(components.map((component) => askHealth(component, patience))),
    commitsOf(store, patience),
  ])
  const details = all.map(({ detail }) => detail ?? {})
  const { oldestOpenAppend, queued } = store.health()
  return {
    ready:
      started &&
      commits !== undefined &&
      all.every(({ state }) => state === 'running' || state === 'waiting'),
    storeAnswers: commits !== undefined,
    components: all,
    lag: Object.fromEntries(all.flatMap(({ name, lag }) => (lag === undefined ? [] : [[name, lag]]))),
    oldestOpenAppend,
    openAppends: queued,
    commits: commits ?? 0,
    commands,
    parkedKeys: sum(details.map(({ parkedKeys }) => parkedKeys)),
    faulted: all.filter(({ state }) => state === 'faulted').map(({ name }) => name),
    sagas: {
      open: sum(details.map(({ openSagas }) => openSagas)),
      stuck: sum(details.map(({ stuck }) => stuck)),
    },
  }
}

/** Undefined where the store does not answer. The head is read from the database itself. */
async function commitsOf(store: EventStore, patience: number): Promise<number | undefined> {
  let commits: number | undefined
  const asked = store
    .head()
    .then(() => store.commits())
    .then((known) => {
      commits = known
    })
  await within(
    patience,
    asked.catch(() => undefined),
  )
  return commits
}

async function askHealth(component: Component, patience: number): Promise<ComponentHealth> {
  let answer = cannotTell(component, `it did not answer within ${patience} ms`)
  const asked = component.health().then(
    (health) => {
      answer = health
    },
    (error: unknown) => {
      answer = cannotTell(component, error instanceof Error ? error.message : String(error))
    },
  )
  await within(patience, asked)
  return answer
}

function cannotTell({ name }: Component, error: string): ComponentHealth {
  return { name, state: 'unknown', error }
}

function sum(counts: readonly unknown[]): number {
  return counts.reduce<number>((total, count) => total + (typeof count === 'number' ? count : 0), 0)
}
