import type { Check } from './check.ts'
import { COMMAND_HANDLED, SAGA_COMMAND_SENT, TECHNICAL } from './events.ts'
import type { LoggedEvent } from './log.ts'
import type { SentMessage } from './truth.ts'

/** What went through the broker, and how far everybody has come. */
export const deliveryChecks: readonly Check[] = [
  {
    name: 'every event that is published has a message, in the order of its stream',
    *offenders({ events, messages }) {
      const sent = new Map<string, number[]>()
      for (const { value } of messages.filter(isEvent)) {
        const stream = String(value.subject)
        const versions = sent.get(stream) ?? []
        const version = Number(value.streamversion)
        // What comes again comes after its first time.
        if (!versions.includes(version)) versions.push(version)
        sent.set(stream, versions)
      }
      const logged = Map.groupBy(events.filter(isPublished), ({ stream }) => stream)
      for (const [stream, own] of logged) {
        const expected = own.map(({ version }) => version).join()
        const found = (sent.get(stream) ?? []).join()
        if (found !== expected) yield `${stream}: in the log ${expected}, on the topic ${found}`
      }
      for (const stream of sent.keys()) if (!logged.has(stream)) yield `${stream} is on the topic only`
    },
  },
  {
    name: 'every command that a saga means to send has a message, and no message has no such intent',
    *offenders({ events, messages }) {
      const meant = new Set(events.filter(({ type }) => type === SAGA_COMMAND_SENT).map(sentId))
      const sent = new Set(messages.filter((message) => !isEvent(message)).map(({ id }) => id))
      for (const id of meant) if (!sent.has(id)) yield `${id} was not sent`
      for (const id of sent) if (!meant.has(id)) yield `${id} was sent without intent`
    },
  },
  {
    name: 'every command that was sent is answered',
    *offenders({ events, messages }) {
      const answered = new Set(
        events.filter(({ type }) => type === COMMAND_HANDLED).map(({ data }) => String(data.commandId)),
      )
      for (const { id } of new Map(
        messages.filter((one) => !isEvent(one)).map((one) => [one.id, one]),
      ).values())
        if (!answered.has(id)) yield id
    },
  },
  {
    name: 'everything that was sent is acknowledged',
    offenders: ({ places }) =>
      places
        .filter(({ committed, next }) => committed !== next)
        .map(
          ({ group, topic, partition, committed, next }) =>
            `${group} at ${committed} of ${next} in ${topic}/${partition}`,
        ),
  },
  {
    name: 'relays and projections are at the head of their log',
    *offenders({ stores }) {
      for (const { file, log, checkpoints } of stores) {
        const head = log.at(-1)?.position ?? 0
        for (const [name, position] of checkpoints)
          if (position !== head) yield `${file} ${name}: ${position} of ${head}`
        // Where nothing was ever recorded there is nothing to relay.
        if (head > 0 && !checkpoints.has('relay')) yield `${file} has no relay`
      }
    },
  },
  {
    name: 'the inbox has marked what the saga hears, up to the last of it',
    *offenders({ stores, events }) {
      const heard = new Map<string, number>()
      const last = new Map<string, number>()
      for (const { stream, version, type } of events) {
        last.set(stream, version)
        if (HEARD.has(type)) heard.set(stream, version)
      }
      const marks = new Map(
        stores.flatMap((one) => one.marks).map(({ stream, version }) => [stream, version]),
      )
      for (const [stream, version] of heard) {
        if (marks.get(stream) !== version)
          yield `${stream}: marked ${marks.get(stream)}, heard up to ${version}`
      }
      // Of answers those that lead to nothing are passed over.
      for (const [stream, version] of marks) {
        if (version > (last.get(stream) ?? 0)) yield `${stream} is marked at ${version}, which is not there`
      }
    },
  },
  {
    name: 'nothing is parked, and nothing is left of an attempt',
    *offenders({ stores }) {
      for (const { collection, id, value } of stores.flatMap(({ documents }) => documents)) {
        if (collection === 'eventwright.parked' || collection === 'eventwright.dead')
          yield `${collection} ${id}`
        if (collection === 'eventwright.attempts' && !isQuiet(JSON.parse(value))) yield `${id}: ${value}`
      }
    },
  },
]

/** What the one consumer of events hears for sure: the saga's start, its answers, its cancellation. */
const HEARD: ReadonlySet<string> = new Set([
  'OrderPlaced',
  'OrderConfirmed',
  'OrderCancelled',
  'FraudCleared',
  'FraudSuspected',
  'StockReserved',
  'PaymentAuthorized',
  'PaymentDeclined',
  'ShipmentCreated',
])

function isEvent({ value }: SentMessage): boolean {
  return value.specversion !== undefined
}

/** Every service of the flow has a topic, and none of its events is private. */
function isPublished({ type }: LoggedEvent): boolean {
  return !type.startsWith(TECHNICAL) || type === COMMAND_HANDLED
}

function sentId({ data }: LoggedEvent): string {
  const { command } = data
  return typeof command === 'object' && command !== null && 'commandId' in command
    ? String(command.commandId)
    : ''
}

/** A partition's record, when nothing of it runs. */
function isQuiet(attempt: { readonly offsets?: readonly number[] }): boolean {
  return attempt.offsets?.length === 0
}
