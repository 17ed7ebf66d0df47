import type { EventMap, PendingEvent } from '../event/index.ts'
import type { Command, CommandAt, TypedCommand } from './command.ts'
import type { EmittedBy, RefusedBy } from './decision.ts'
import type { AggregateDefinition } from './definition.ts'

/** The events of these types, with their payloads. */
export type EventsOfTypes<Map extends EventMap, Types extends string> = {
  [Type in Types]: PendingEvent<Type, Type extends keyof Map ? Map[Type] : unknown>
}[Types]

/**
 * Makes a command. Without data where `decide` does not look at it (no such parameter, or one without a
 * type); data may be left out where nothing in it is required.
 */
export type CommandCreator<
  Type extends string,
  Rest extends readonly unknown[],
  Event extends PendingEvent,
  Name extends string,
> = Rest extends readonly []
  ? (id: string) => TypedCommand<Type, Record<never, never>, Event, Name>
  : Rest extends readonly [data?: infer Data, ...rest: unknown[]]
    ? [Data] extends [never]
      ? (id: string) => TypedCommand<Type, Record<never, never>, Event, Name>
      : Record<never, never> extends Data
        ? (id: string, data?: Data) => TypedCommand<Type, Data, Event, Name>
        : Rest extends readonly [unknown, ...unknown[]]
          ? (id: string, data: Data) => TypedCommand<Type, Data, Event, Name>
          : (id: string, data?: Data) => TypedCommand<Type, Data, Event, Name>
    : never

/** A function that decides one command: of a state, with data and command as it likes. */
export type Decider = (state: never, data: never, command: CommandAt) => unknown

/** The creators of commands by name: `Order.place('o-1', { sku: 'tea' })`. */
export type CommandCreators<Map extends EventMap, Deciders> = {
  readonly [Type in keyof Deciders & string]: Deciders[Type] extends (
    state: never,
    ...rest: infer Rest
  ) => infer Returned
    ? CommandCreator<Type, Rest, EventsOfTypes<Map, EmittedBy<Returned>>, RefusedBy<Returned>>
    : never
}

/** An aggregate as callers use it: a creator of each command, and its definition. */
export type Aggregate<Creators = unknown> = Creators & { readonly definition: AggregateDefinition }

/** Puts the creators beside a definition. */
export function aggregateOf<Creators>(definition: AggregateDefinition): Aggregate<Creators> {
  const entries = definition.commands.map((type) => [type, creatorOf(definition.name, type)] as const)
  // Exactly one creator for each command of the definition, which is what `Creators` was derived from.
  return { ...Object.fromEntries(entries), definition } as Aggregate<Creators>
}

function creatorOf(aggregate: string, type: string): (id: string, data?: unknown) => Command {
  return (id, data = {}) => ({ type, aggregate, id, data })
}
