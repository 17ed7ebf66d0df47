import type { Actual, DesiredTopic } from '../model.ts'
import { type Changing, COMPACTION } from './losses.ts'

/** Why a change is not made, and the way to make it by hand. */
export type Refusal = {
  readonly code:
    | 'replication-change'
    | 'fewer-partitions'
    | 'key-remap'
    | 'too-few-brokers'
    | 'unknown-setting'
    | 'compaction-loses-events'
    | 'message-loss'
    | 'writers-stop'
  readonly message: string
  readonly mend: string
}

type Counts = { readonly from?: number; readonly to: number }
type Wanted = {
  readonly partitions: Counts
  readonly replication: Counts
  readonly settings: readonly Changing[]
  readonly losses: readonly string[]
}

/** What of a change cannot be done, or not safely. */
export function refusalsOf(
  wanted: Wanted,
  topic: DesiredTopic,
  actual: Actual,
  allowed: { readonly keyRemap?: boolean; readonly messageLoss?: boolean },
): Refusal[] {
  const all = [
    replication(wanted.replication, actual.brokers),
    partitions(wanted.partitions, topic, allowed.keyRemap === true),
    ...wanted.settings.flatMap(({ key }) => unknown(key, actual.known)),
    inSync(wanted),
    losses(wanted.losses, topic, allowed.messageLoss === true),
  ]
  return all.filter((refusal) => refusal !== undefined)
}

function replication({ from, to }: Counts, brokers: number): Refusal | undefined {
  if (from === undefined) {
    if (to <= brokers) return undefined
    return {
      code: 'too-few-brokers',
      message: `${to} copies need ${to} brokers, and the cluster has ${brokers}.`,
      mend: 'Lower the replication for this environment, or add brokers.',
    }
  }
  if (from === to) return undefined
  return {
    code: 'replication-change',
    message: `The replication factor would change from ${from} to ${to}: Kafka moves all of the data for that.`,
    mend: `Move the partitions with kafka-reassign-partitions.sh (throttled, replicas listed by hand), then plan again; or write \`replication: ${from}\`.`,
  }
}

function partitions({ from, to }: Counts, topic: DesiredTopic, keyRemap: boolean): Refusal | undefined {
  if (from === undefined || from === to) return undefined
  if (to < from) {
    return {
      code: 'fewer-partitions',
      message: `It has ${from} partitions and should have ${to}: Kafka cannot take partitions away.`,
      mend: `Write \`partitions: ${from}\`, or make a new topic with ${to} and move producers and consumers to it.`,
    }
  }
  if (!topic.keyed || keyRemap) return undefined
  return {
    code: 'key-remap',
    message: `From ${from} to ${to} partitions, most keys move to another one: the order of a key breaks where it moves.`,
    mend: 'Let consumers catch up and pause producers, then apply with --allow-key-remap; or write `keyed: false` where no order matters.',
  }
}

function unknown(key: string, known: ReadonlySet<string> | undefined): Refusal[] {
  if (known === undefined || known.has(key)) return []
  const message = `The brokers do not know the setting ${key}: their version is older or newer.`
  return [{ code: 'unknown-setting', message, mend: 'Remove it, or update the brokers first.' }]
}

function inSync({ settings, replication }: Wanted): Refusal | undefined {
  const wanted = settings.find(({ key }) => key === 'min.insync.replicas')?.to
  if (!wanted || Number(wanted) <= replication.to) return undefined
  return {
    code: 'writers-stop',
    message: `${wanted} copies would have to be in sync, and it has ${replication.to}: nothing could be written.`,
    mend: `Write \`min-in-sync: ${Math.max(1, replication.to - 1)}\`.`,
  }
}

function losses(lost: readonly string[], topic: DesiredTopic, allowed: boolean): Refusal | undefined {
  if (lost.includes(COMPACTION) && topic.use !== 'state') {
    return {
      code: 'compaction-loses-events',
      message: `Compaction would delete all but the last message of each key, and its use is ${topic.use}.`,
      mend: 'Keep `cleanup: delete`, or say `use: state` if that is what it is.',
    }
  }
  if (lost.length === 0 || allowed) return undefined
  return {
    code: 'message-loss',
    message: lost.join(' '),
    mend: 'Write the settings that it has now; or apply with --allow-message-loss if nobody needs these messages.',
  }
}
