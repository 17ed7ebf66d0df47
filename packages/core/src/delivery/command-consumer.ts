import {
  type AggregateDefinition,
  aheadOf,
  type Command,
  CommandIdReused,
  type CommandResult,
  executeIn,
  inCommandSpan,
  UnknownCommand,
} from '../aggregate/index.ts'
import { InvalidPayload } from '../event/index.ts'
import type { Tx } from '../store/index.ts'
import { answer, answerStream } from './command-answer.ts'
import type { Component, Runtime } from './component.ts'
import { messageConsumer } from './consumer.ts'
import type { ConsumerSettings } from './definition.ts'
import { NewerVersion, Unprocessable } from './errors.ts'
import { readCommand } from './wire.ts'

export interface CommandConsumerOptions extends Omit<ConsumerSettings, 'dedupe' | 'retention'> {
  /** The service: the consumer group. */
  readonly service: string
  readonly topic: string
  readonly aggregates: readonly AggregateDefinition[]
  /** True for an aggregate that another process of this service has: its commands wait for that one, as in a rolling deploy. */
  readonly hasElsewhere?: (aggregate: string) => Promise<boolean>
}

type Identified = Command & { readonly commandId: string }

/**
 * Decides the commands of a service's topic: each one's events, its record and the answer
 * `CommandHandled` are one unit of work. A command that comes again finds its record, so no inbox is
 * needed; a bad one is parked with its aggregate's id.
 */
export function commandConsumer(runtime: Runtime, options: CommandConsumerOptions): Component {
  const { service, topic, aggregates, hasElsewhere, ...settings } = options
  const definitions = new Map(aggregates.map((definition) => [definition.name, definition]))
  return messageConsumer<Identified>(runtime, {
    ...settings,
    group: service,
    topics: [topic],
    dedupe: 'none',
    parse(message) {
      const command = readCommand(message)
      return { kind: 'message', tenant: command.tenant ?? '', read: () => command }
    },
    ahead(command, tx) {
      const definition = definitions.get(command.aggregate)
      const { streams, commands } = definition ? aheadOf(tx, definition, command) : {}
      return {
        ...(streams && { streams }),
        ...(commands && { commands }),
        versions: [answerStream(command.aggregate, command.id)],
      }
    },
    async handle({ value }, tx) {
      const definition = definitions.get(value.aggregate)
      if (!definition && (await hasElsewhere?.(value.aggregate)))
        throw new NewerVersion(
          `the aggregate "${value.aggregate}" of service "${service}" runs in another process`,
        )
      if (!definition)
        throw new Unprocessable(
          `service "${service}" has no aggregate "${value.aggregate}": send the command to the topic of the service that has it`,
        )
      const decided = (): Promise<CommandResult> => decide(tx, definition, value)
      const result = await inCommandSpan(runtime.telemetry, value, decided)
      // Its first handling logged the answer in the same unit as the record.
      if (!result.duplicate) await answer(tx, value, result)
    },
  })
}

async function decide(tx: Tx, definition: AggregateDefinition, command: Identified): Promise<CommandResult> {
  try {
    return await executeIn(tx, definition, command)
  } catch (error) {
    if (isHopeless(error)) throw new Unprocessable(error.message, { cause: error })
    throw error
  }
}

function isHopeless(error: unknown): error is Error {
  return (
    error instanceof CommandIdReused || error instanceof UnknownCommand || error instanceof InvalidPayload
  )
}
