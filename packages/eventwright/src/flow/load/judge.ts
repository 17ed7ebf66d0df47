import { type AggregateDefinition, type Command, InvalidPayload, isRefusal } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'

/** What becomes of a command that an aggregate meets first. `invalid`: not by its schema, or it fails. */
export type Verdict = 'taken' | 'refused' | 'invalid'

/** Decides commands for aggregates that do not exist yet. */
export function judgeOf(compiled: CompiledFlow): (command: Command) => Verdict {
  const definitions = definitionsOf(compiled)
  return (command) => {
    const definition = definitions.get(command.aggregate)
    if (!definition) return 'invalid'
    try {
      definition.check?.(command)
      return isRefusal(definition.decide(definition.initial(), command, Date.now())) ? 'refused' : 'taken'
    } catch (error) {
      // What an expression throws may hang on the state: a command that only fails here is sent all the same.
      return error instanceof InvalidPayload ? 'invalid' : 'refused'
    }
  }
}

/** The aggregates of a compiled flow by name, those written by hand included. */
export function definitionsOf(compiled: CompiledFlow): ReadonlyMap<string, AggregateDefinition> {
  const items = compiled.parts({ onFault: () => {} })
  const parts = items.flatMap((item) => {
    if ('definition' in item) return [item.definition]
    return item.kind === 'service' ? item.run : [item]
  })
  return new Map(parts.flatMap((part) => (part.kind === 'aggregate' ? [[part.name, part]] : [])))
}
