import type { Catalog } from '../catalog/index.ts'
import type { EventMap, Json, NewEvent, PendingEvent, PendingEventOf } from '../event/index.ts'
import { type Aggregate, aggregateOf, type CommandCreator, type EventsOfTypes } from './aggregate.ts'
import {
  type CommandSchemas,
  checkAggregateName,
  checkCommandNames,
  checkSnapshots,
  commandCheck,
  type SnapshotOptions,
} from './builder.ts'
import type { Refusal } from './command.ts'
import { isRefusal, type RefusedBy } from './decision.ts'
import type { AggregateDefinition, Decision } from './definition.ts'

/** What an instance has raised in the command that runs; beside it, so that its fields are its state only. */
const raised = new WeakMap<object, NewEvent[]>()

/**
 * The class style of the same machinery (after Vernon, Implementing Domain-Driven Design). A command is a
 * method that raises events or returns `reject('Name')`; `when` changes the fields. State stands in plain
 * fields (`private` is fine, `#private` is not: a command runs on a copy) and is changed in `when` only.
 */
export abstract class AggregateRoot<Map extends EventMap> {
  /** Changes the state by an event that happened. */
  protected abstract when(event: PendingEventOf<Map>): void

  /** An event happens: `when` sees it at once, and it is appended when the command is done. */
  protected raise<Type extends keyof Map & string>(type: Type, data: Map[Type]): void {
    const events = raised.get(this) ?? []
    events.push({ type, data })
    raised.set(this, events)
    applyTo(this, { type, data })
  }
}

/** The names of a class's methods that can be commands: they take data or nothing, and return nothing or a refusal. */
export type CommandMethods<Root> = {
  [Name in keyof Root & string]: Root[Name] extends (data: never) => infer Returned
    ? // biome-ignore lint/suspicious/noConfusingVoidType: what a method without a return gives
      [Exclude<Returned, Refusal | undefined>] extends [void]
      ? Name
      : never
    : never
}[keyof Root & string]

/** The creators of the commands of a class. Its methods do not tell which events they raise: it may be any. */
export type RootCreators<Map extends EventMap, Root, Names extends keyof Root & string> = {
  readonly [Name in Names]: Root[Name] extends (...rest: infer Rest) => infer Returned
    ? CommandCreator<Name, Rest, EventsOfTypes<Map, keyof Map & string>, RefusedBy<Returned>>
    : never
}

export interface RootOptions<Root> {
  readonly snapshots?: SnapshotOptions
  /** Schemas of the commands' data. */
  readonly schemas?: CommandSchemas<Root>
}

/**
 * An aggregate of a class, on the same machinery as the chain: `commands` are the names of its methods
 * that are commands. @throws InvalidAggregate
 */
export function buildFromClass<
  Map extends EventMap,
  Root extends AggregateRoot<Map>,
  Names extends CommandMethods<Root>,
>(
  catalog: Catalog<Map>,
  name: string,
  Class: new () => Root,
  commands: readonly Names[],
  options: RootOptions<Root> = {},
): Aggregate<RootCreators<Map, Root, Names>> {
  checkAggregateName(name)
  checkCommandNames(name, commands)
  if (options.snapshots !== undefined) checkSnapshots(name, options.snapshots)
  const load = (fields: object): object =>
    Object.assign(Object.create(Class.prototype), structuredClone(fields))
  const definition: AggregateDefinition = {
    kind: 'aggregate',
    name,
    catalog,
    initial: () => new Class(),
    commands,
    decide: (state, command) => run(load(state as Root), command.type, command.data),
    states: 'changed',
    evolve: (state, event) => {
      // The state is the fold's own: `initial` and `load` make a new one each time.
      applyTo(state as Root, event)
      return state
    },
    ...(options.schemas === undefined ? {} : { check: commandCheck(name, { ...options.schemas }) }),
    ...(options.snapshots === undefined
      ? {}
      : {
          snapshot: {
            ...options.snapshots,
            save: (state: unknown) => Object.fromEntries(Object.entries(state as Root)),
            load: (saved: Json) => load(saved as object),
          },
        }),
  }
  return aggregateOf(definition)
}

type Methods = { readonly [name: string]: ((data: unknown) => Refusal | undefined) | undefined }

function run(root: object, type: string, data: unknown): Decision {
  const refusal = (root as Methods)[type]?.(data)
  return isRefusal(refusal) ? refusal : (raised.get(root) ?? [])
}

/** `when` is protected for users, and called from here. */
function applyTo(root: object, event: Pick<PendingEvent, 'type' | 'data'>): void {
  const { when } = root as { when(event: Pick<PendingEvent, 'type' | 'data'>): void }
  when.call(root, event)
}
