import { checkText, type PendingEvent } from '../../event/index.ts'
import { checkId, checkStream } from '../names.ts'
import { OUTGOING, type Outgoing, outboxStream } from '../outgoing.ts'
import type { OutboxMessage, Tx } from '../transaction.ts'
import { checkWhole } from '../whole.ts'
import { mayLookAhead } from './ahead.ts'
import { checkpointWork } from './checkpoints.ts'
import { commandWork } from './commands.ts'
import { refuseEnded, type WorkContext } from './context.ts'
import { documentWork } from './documents.ts'
import { inboxWork } from './inbox.ts'
import { streamWork } from './streams.ts'
import { timerWork } from './timers.ts'

/** The `tx` of one run, and what it appended. */
export interface Work {
  readonly tx: Tx
  readonly appended: readonly PendingEvent[]
}

export function beginWork(context: WorkContext): Work {
  const { unit, now } = context
  const streams = streamWork(context)
  const tx: Tx = {
    tenant: unit.tenant,
    now,
    log: context.engine,
    append: streams.append,
    read: streams.read,
    inbox: inboxWork(context),
    checkpoint: checkpointWork(context),
    timers: timerWork(context),
    commands: commandWork(context),
    outbox: { add: async (topic, message) => addToOutbox(context, topic, message) },
    documents: documentWork(context),
    fence(name, token) {
      refuseEnded(context)
      checkId(name, 'a fence', unit.tenant)
      checkWhole(token, `the token of fence "${name}"`, 0)
      unit.writes.fences.push({ name, token })
    },
  }
  mayLookAhead(tx, context)
  return { tx, appended: streams.appended }
}

/** Nothing is read, so that writers of one topic and key do not conflict. */
function addToOutbox(context: WorkContext, topic: string, message: OutboxMessage): void {
  refuseEnded(context)
  checkText(topic, 'a topic')
  const { tenant } = context.unit
  const stream = outboxStream(topic, message.key)
  checkStream(stream)
  const data: Outgoing = { ...message, topic, headers: message.headers ?? {} }
  const events = context.prepare(tenant, stream, [{ type: OUTGOING, data }])
  context.unit.writes.appends.push({ stream, events, expect: 'any' })
}
