import { AsyncLocalStorage } from 'node:async_hooks'
import type { Logger } from '../event/index.ts'
import type { MessageHandler, SubscribeOptions, Subscription } from './broker.ts'
import { checkName } from './names.ts'

/** What a member of a group is told on any engine. `sessionTimeout` is milliseconds. */
export interface MemberSettings {
  readonly group: string
  readonly topics: readonly string[]
  readonly batch: number
  readonly maxInFlight: number
  readonly sessionTimeout: number
  readonly handler: MessageHandler
  readonly logger: Logger
}

export function memberSettings(
  options: SubscribeOptions,
  handler: MessageHandler,
  logger: Logger,
): MemberSettings {
  checkName(options.group, 'a consumer group')
  for (const topic of options.topics) checkName(topic, 'a topic')
  // An acknowledgement inside a unit of work must not carry that unit's context into later handlers.
  const outside = AsyncLocalStorage.snapshot()
  return {
    group: options.group,
    topics: [...new Set(options.topics)],
    batch: options.batch ?? 100,
    maxInFlight: options.maxInFlight ?? 1000,
    sessionTimeout: options.sessionTimeout ?? 10_000,
    handler: async (messages, delivery) => outside(handler, messages, delivery),
    logger,
  }
}

/** What the subscriber gets of a member, which is among `members` until it is stopped. */
export function subscriptionOf<Member extends Subscription>(
  member: Member,
  members: Set<Member>,
): Subscription {
  return {
    pause: () => member.pause(),
    resume: () => member.resume(),
    lag: () => member.lag(),
    stop: async (milliseconds) => {
      await member.stop(milliseconds)
      members.delete(member)
    },
  }
}
