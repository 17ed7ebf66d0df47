import { setTimeout } from 'node:timers/promises'
import { type Cluster, ClusterRefused, isAnswer, WrongCluster } from './cluster/index.ts'
import { sameValue, topicConfig } from './kafka/index.ts'
import type { Actual, Desired } from './model.ts'
import { type Allowed, type Plan, planTopics, type TopicChange } from './plan/index.ts'

/** What became of one step: `already` where somebody else had done it, `unknown` where the answer never came. */
export type StepOutcome = 'done' | 'already' | 'failed' | 'unknown' | 'not tried'

/** One step of an apply. */
export type StepResult = {
  readonly topic: string
  readonly step: 'create' | 'partitions' | 'settings' | 'delete'
  readonly outcome: StepOutcome
  readonly reason?: string
}

/** The cluster is no longer what the confirmed plan was made for. */
export class PlanOutdated extends WrongCluster {}

type Step = Pick<StepResult, 'topic' | 'step'> & { readonly change: TopicChange }

const CREATE_ATTEMPTS = 5
const PAUSE_MS = 400
const SEEN_ATTEMPTS = 25
const GOOD: ReadonlySet<StepOutcome> = new Set(['done', 'already'])

/**
 * Plans again and does what is left of the confirmed plan, one step after the other. A step that somebody else did
 * meanwhile counts as done; what fails is told, and the steps of other topics go on. Where the cluster stops answering
 * the rest is not tried. Running it again continues.
 *
 * Throws `WrongCluster` where the cluster is another one, or changed so that the plan would be another one.
 */
export async function applyPlan(
  confirmed: Plan,
  { desired, allowed }: { readonly desired: Desired; readonly allowed: Allowed },
  cluster: Cluster,
  tell: (result: StepResult) => void,
): Promise<StepResult[]> {
  const plan = await replanned(cluster, desired, allowed)
  checkCluster(confirmed.cluster, plan)
  const known = new Set(confirmed.changes.map((change) => JSON.stringify(change)))
  const surprise = plan.changes.find(
    (change) => !known.has(JSON.stringify(change)) && !isPartOf(change, confirmed),
  )
  if (surprise !== undefined) {
    throw new PlanOutdated(`${surprise.topic} changed since the plan was made. Nothing was done; plan again.`)
  }
  const results: StepResult[] = []
  let gone = false
  for (const step of plan.changes.flatMap(stepsOf)) {
    const failed = results.some(({ topic, outcome }) => topic === step.topic && outcome === 'failed')
    const result: StepResult = gone || failed ? resultOf(step, 'not tried') : await attempt(step, cluster)
    gone ||= result.outcome === 'unknown'
    results.push(result)
    tell(result)
  }
  // The account is complete; that it cannot be looked at any more does not make it wrong.
  if (!gone) await seen(results, () => replanned(cluster, desired, allowed)).catch(() => {})
  return results
}

/**
 * The broker that answers a question hears of a change a moment after the one that made it. A plan right after this
 * one must not show what is done as still to do.
 */
async function seen(results: readonly StepResult[], plan: () => Promise<Plan>): Promise<void> {
  const failed = new Set(results.filter(({ outcome }) => !GOOD.has(outcome)).map(({ topic }) => topic))
  const done = new Set(results.map(({ topic }) => topic).filter((topic) => !failed.has(topic)))
  if (done.size === 0) return
  for (let asked = 0; asked < SEEN_ATTEMPTS; asked++) {
    const { changes } = await plan()
    if (changes.every(({ topic }) => !done.has(topic))) return
    await setTimeout(PAUSE_MS)
  }
}

async function replanned(cluster: Cluster, desired: Desired, allowed: Allowed): Promise<Plan> {
  return planTopics(desired, await cluster.read(), allowed)
}

/** Throws `WrongCluster` unless the cluster has that id. */
export function checkCluster(id: string, actual: Pick<Actual, 'cluster'>): void {
  if (id === actual.cluster) return
  throw new WrongCluster(
    `This is cluster ${actual.cluster}, and ${id} is meant. Nothing was done; check --brokers and the environment's \`cluster:\`.`,
  )
}

/** Somebody else may have done a part of the same change meanwhile; what is left begins where it was confirmed. */
function isPartOf(change: TopicChange, { changes }: Plan): boolean {
  const before = changes.find(({ topic }) => topic === change.topic)
  if (before === undefined || before.action !== change.action || change.refusals.length > 0) return false
  const confirmed = new Set(before.settings.map((setting) => JSON.stringify(setting)))
  return (
    isLeftOf(change.partitions, before.partitions) &&
    isLeftOf(change.replication, before.replication) &&
    change.settings.every((setting) => confirmed.has(JSON.stringify(setting)))
  )
}

type Counts = TopicChange['partitions']

function isLeftOf(now: Counts, confirmed: Counts): boolean {
  return now.to === confirmed.to && (now.from === confirmed.from || now.from === now.to)
}

function stepsOf(change: TopicChange): Step[] {
  const { topic, action, partitions, settings } = change
  if (action !== 'change') return [{ topic, step: action, change }]
  const grows = partitions.from !== partitions.to
  return [
    ...(settings.length > 0 ? [{ topic, step: 'settings' as const, change }] : []),
    ...(grows ? [{ topic, step: 'partitions' as const, change }] : []),
  ]
}

function resultOf({ topic, step }: Step, outcome: StepOutcome, reason?: string): StepResult {
  return reason === undefined ? { topic, step, outcome } : { topic, step, outcome, reason }
}

async function attempt(step: Step, cluster: Cluster): Promise<StepResult> {
  try {
    for (let tried = 1; ; tried++) {
      const failure = await failureOf(step, cluster)
      if (failure === undefined) return resultOf(step, 'done')
      const found = isConflict(failure) ? await conflict(step, cluster) : 'other'
      if (found === 'same') return resultOf(step, 'already')
      if (found === 'other' || tried === CREATE_ATTEMPTS) return resultOf(step, 'failed', failure.message)
      await setTimeout(PAUSE_MS)
    }
  } catch (error) {
    return resultOf(step, 'unknown', error instanceof Error ? error.message : String(error))
  }
}

/** What a broker answered against it; that nobody answered is thrown. */
async function failureOf(step: Step, cluster: Cluster): Promise<Error | undefined> {
  try {
    await take(step, cluster)
    return undefined
  } catch (error) {
    if (error instanceof ClusterRefused) return error
    throw error
  }
}

function take({ step, change }: Step, cluster: Cluster): Promise<void> {
  const { topic, settings } = change
  if (step === 'delete') return cluster.remove(topic)
  if (step === 'partitions') return cluster.grow(topic, change.partitions.to)
  if (step === 'settings') return cluster.configure(topic, settings)
  const [partitions, replication] = [change.partitions.to, change.replication.to]
  return cluster.create({
    topic,
    partitions,
    replication,
    settings: settings.filter(({ to }) => to !== null),
  })
}

function isConflict(error: Error): boolean {
  return isAnswer(error.cause, 'TOPIC_ALREADY_EXISTS', 'INVALID_PARTITIONS', 'UNKNOWN_TOPIC_OR_PARTITION')
}

/** `same`: it is as it should be; `absent`: it is not to be seen, so one that is being deleted was in the way. */
async function conflict({ step, change }: Step, cluster: Cluster): Promise<'same' | 'absent' | 'other'> {
  const found = (await cluster.read([change.topic])).topics.get(change.topic)
  if (found === undefined) {
    if (step === 'delete') return 'same'
    return step === 'create' ? 'absent' : 'other'
  }
  const settings = change.settings.every(({ key, to }) => {
    const value = found.settings.get(key)?.value
    return to === null || (value !== undefined && sameValue(topicConfig(key), value, to))
  })
  const counts = found.partitions === change.partitions.to && found.replication === change.replication.to
  return step !== 'delete' && counts && settings ? 'same' : 'other'
}
