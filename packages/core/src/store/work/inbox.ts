import { checkId } from '../names.ts'
import { inboxKey, wouldAccept } from '../settle/index.ts'
import type { InboxMessage, Tx } from '../transaction.ts'
import { checkWhole } from '../whole.ts'
import { refuseEnded, underWay, type WorkContext } from './context.ts'

export function inboxWork(context: WorkContext): Tx['inbox'] {
  const { engine, unit, now } = context
  const accepted = new Map<string, number>()
  /** Calls decide in their order, in whatever order the engine answers. */
  let decided: Promise<unknown> = Promise.resolve()

  function decide(consumer: string, message: InboxMessage, key: string, kept: number | undefined): boolean {
    const before = accepted.get(key)
    const takes = wouldAccept(message, before ?? kept, now)
    if (before === undefined) unit.reads.inbox.push({ consumer, message, accepted: takes })
    if (!takes) return false
    // An id accepted in this run is taken, even if it has expired by the app's clock.
    accepted.set(key, 'id' in message ? Number.POSITIVE_INFINITY : message.version)
    unit.writes.inbox.push({ consumer, message })
    return true
  }

  return {
    async accept(consumer, message) {
      refuseEnded(context)
      checkMessage(unit.tenant, consumer, message)
      const key = inboxKey(unit.tenant, consumer, message)
      const turn = decided
      const asked = accepted.get(key) ?? engine.inbox(unit.tenant, consumer, message)
      const deciding = Promise.all([asked, turn]).then(([kept]) => decide(consumer, message, key, kept))
      decided = deciding.catch(() => {})
      return underWay(context, () => deciding)
    },
  }
}

function checkMessage(tenant: string, consumer: string, message: InboxMessage): void {
  checkId(consumer, 'a consumer')
  if ('id' in message) {
    checkId(message.id, 'a message id', consumer, tenant)
    checkWhole(message.expires, `the time at which message "${message.id}" expires`)
    return
  }
  checkId(message.topic, 'a topic')
  checkId(message.epoch, 'an epoch')
  checkId(message.stream, 'a stream name', message.topic, message.epoch, consumer, tenant)
  checkWhole(message.version, 'the version of a message', 0)
}
