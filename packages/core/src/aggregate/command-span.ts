import { inSpan, type SpanAttributes, type Telemetry } from '../event/index.ts'
import type { Command } from './command.ts'
import type { CommandResult } from './result.ts'

/** Decides a command inside a span that says which it was and what became of it: a refusal is no error. */
export function inCommandSpan<Result extends CommandResult>(
  telemetry: Telemetry | undefined,
  { type, aggregate, id, commandId = '' }: Command,
  decide: () => Promise<Result>,
): Promise<Result> {
  if (!telemetry?.enabled) return decide()
  const options = () =>
    ({
      name: `execute ${aggregate}.${type}`,
      kind: 'internal',
      attributes: {
        'eventwright.aggregate': aggregate,
        'eventwright.aggregate.id': id,
        'eventwright.command': type,
        'eventwright.command.id': commandId,
      },
    }) as const
  return inSpan(telemetry, options, async (span) => {
    const result = await decide()
    span.set(outcomeOf(result))
    return result
  })
}

function outcomeOf(result: CommandResult): SpanAttributes {
  const outcome = { 'eventwright.outcome': result.outcome, 'eventwright.duplicate': result.duplicate }
  return result.outcome === 'refused' ? { ...outcome, 'eventwright.refusal': result.refusal } : outcome
}
