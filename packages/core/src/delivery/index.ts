export { quietOf } from './alone.ts'
export { longestPause, RETRY_DEFAULTS, type RetryOptions } from './backoff.ts'
export { BREAKER_DEFAULTS, type BreakerOptions } from './breaker.ts'
export * from './builder.ts'
export { answerStream } from './command-answer.ts'
export * from './command-consumer.ts'
export * from './component.ts'
export { messageConsumer } from './consumer.ts'
export * from './dead-letters.ts'
export * from './definition.ts'
export { dropDeadLetters } from './drop.ts'
export {
  type Drop,
  type DropNote,
  type DroppedDeadLetter,
  type DropQuery,
  droppedDeadLetters,
} from './dropped.ts'
export { DROPPED } from './dropped-command.ts'
export { acceptEpochs, type Origin, SourceEpochChanged } from './epochs.ts'
export * from './errors.ts'
export { eventConsumer } from './event-consumer.ts'
export * from './event-parser.ts'
export { type Look, lookAt } from './look.ts'
export { redrive } from './mark.ts'
export type { ConsumerOptions, Dedupe, Delivered, Parsed, StreamOrigin } from './message.ts'
export { relay } from './relay.ts'
export type { Route, Routed } from './relay-item.ts'
export type { RelayOptions } from './relay-options.ts'
export { RELAY } from './relay-parking.ts'
export type { DeadLetterTarget } from './target.ts'
export * from './wire.ts'
export { within } from './within.ts'
