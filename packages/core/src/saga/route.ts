import { commandMessage, type Routed } from '../delivery/index.ts'
import { EventwrightError, type RecordedEvent } from '../event/index.ts'
import { COMMAND_SENT, isSagaEvent } from './events.ts'

/** A saga sent a command to an aggregate that no service of the app has. */
export class NoCommandTopic extends EventwrightError {
  readonly code = 'NoCommandTopic'

  constructor(saga: string | undefined, command: string, aggregate: string) {
    super(
      `Saga stream ${saga} sends ${command} to the aggregate ${aggregate}, which no service has. ` +
        'Add the aggregate to `run`, or declare its service with `elsewhere: true`.',
    )
  }
}

/** Where the relay publishes a saga's intent: nothing for any other event. @throws NoCommandTopic */
export function sagaRoute(
  event: RecordedEvent,
  topicOf: (aggregate: string) => string | undefined,
): readonly Routed[] {
  if (!isSagaEvent(event) || event.type !== COMMAND_SENT) return []
  const { command } = event.data
  const topic = topicOf(command.aggregate)
  if (topic === undefined) throw new NoCommandTopic(command.saga, command.type, command.aggregate)
  return [{ topic, message: commandMessage(command) }]
}
