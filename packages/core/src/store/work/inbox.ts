import { checkId } from '../names.ts'
import { inboxKey, wouldAccept } from '../settle/index.ts'
import type { InboxMessage, Tx } from '../transaction.ts'
import { checkWhole } from '../whole.ts'
import { refuseEnded, type WorkContext } from './context.ts'

export function inboxWork(context: WorkContext): Tx['inbox'] {
  const { engine, unit, now } = context
  const accepted = new Map<string, number>()
  return {
    async accept(consumer, message) {
      refuseEnded(context)
      checkMessage(consumer, message)
      const key = inboxKey(unit.tenant, consumer, message)
      const kept = accepted.get(key) ?? (await engine.inbox(unit.tenant, consumer, message))
      const before = accepted.get(key)
      const takes = wouldAccept(message, before ?? kept, now)
      if (before === undefined) unit.reads.inbox.push({ consumer, message, accepted: takes })
      if (!takes) return false
      // An id accepted in this run is taken, even if it has expired by the app's clock.
      accepted.set(key, 'id' in message ? Number.POSITIVE_INFINITY : message.version)
      unit.writes.inbox.push({ consumer, message })
      return true
    },
  }
}

function checkMessage(consumer: string, message: InboxMessage): void {
  checkId(consumer, 'a consumer')
  if ('id' in message) {
    checkId(message.id, 'a message id')
    checkWhole(message.expires, `the time at which message "${message.id}" expires`)
    return
  }
  checkId(message.topic, 'a topic')
  checkId(message.epoch, 'an epoch')
  checkId(message.stream, 'a stream name')
  checkWhole(message.version, 'the version of a message', 0)
}
