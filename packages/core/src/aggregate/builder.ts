import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Catalog,
  isStandardSchema,
  type JsonSchema,
  schemaChecks,
  standardChecks,
} from '../catalog/index.ts'
import { type EventMap, jsonText, type PendingEvent } from '../event/index.ts'
import { type Aggregate, aggregateOf, type CommandCreators } from './aggregate.ts'
import type { Command, CommandAt } from './command.ts'
import type { DecisionOf, EmittedBy } from './decision.ts'
import type { AggregateDefinition, Decision } from './definition.ts'
import { InvalidAggregate } from './errors.ts'

/** Functions that decide, by command: pure, of state, the command's data, and the command itself with the time. */
export interface Deciders<Map extends EventMap, State> {
  readonly [command: string]: (state: State, data: never, command: CommandAt) => DecisionOf<Map>
}

/** The types of all events that these functions can give. */
export type EmittedTypes<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (...args: never) => infer Returned
    ? EmittedBy<Returned>
    : never
}[keyof Functions]

type Evolver<Map extends EventMap, State, Type extends keyof Map & string> = (
  state: State,
  event: PendingEvent<Type, Map[Type]>,
) => State

/** A function for every event that `decide` can give; for others of the catalog (older ones) as needed. */
export type Evolvers<Map extends EventMap, State, Emitted extends string> = {
  readonly [Type in keyof Map & Emitted & string]: Evolver<Map, State, Type>
} & {
  readonly [Type in Exclude<keyof Map & string, Emitted>]?: Evolver<Map, State, Type>
}

/** Schemas of the commands' data: JSON Schema or Standard Schema. */
export type CommandSchemas<Functions> = {
  readonly [Name in keyof Functions]?: JsonSchema | StandardSchemaV1
}

export interface SnapshotOptions {
  /** A snapshot after so many events. */
  readonly every: number
  /** Raise it whenever evolve or the state's shape changes: older snapshots are not used then. */
  readonly version: number
}

/** An aggregate that knows its state, and not yet its commands. */
export interface AggregateStart<Map extends EventMap, State> {
  /** A function for each command: gives an event, several, none (`[]`), or `reject('Name')`. */
  decide<Functions extends Deciders<Map, State>>(
    functions: Functions & { readonly definition?: never },
  ): AggregateChain<Map, State, Functions>
}

/** An aggregate that knows its commands; `evolve` completes it. */
export interface AggregateChain<Map extends EventMap, State, Functions> {
  /** Checks the data of commands before they are decided. */
  commands(schemas: CommandSchemas<Functions>): AggregateChain<Map, State, Functions>
  /** Opt-in, for long streams. The state must be plain JSON data. */
  snapshots(options: SnapshotOptions): AggregateChain<Map, State, Functions>
  /** A function for each event: the state after it. */
  evolve(
    functions: Evolvers<Map, State, EmittedTypes<Functions> & string>,
  ): Aggregate<CommandCreators<Map, Functions>>
}

interface Parts {
  readonly catalog: Catalog
  readonly name: string
  readonly initial: () => unknown
  readonly check?: AggregateDefinition['check']
  readonly snapshot?: SnapshotOptions
}

/** Begins an aggregate: `name` names its streams, `initial` is the state of one that has no events. @throws InvalidAggregate */
export function buildAggregate<Map extends EventMap, State>(
  catalog: Catalog<Map>,
  name: string,
  initial: State,
): AggregateStart<Map, State> {
  checkAggregateName(name)
  const parts: Parts = { catalog, name, initial: () => structuredClone(initial) }
  return { decide: (functions) => chain(parts, functions) }
}

function chain<Map extends EventMap, State, Functions extends Deciders<Map, State>>(
  parts: Parts,
  functions: Functions,
): AggregateChain<Map, State, Functions> {
  checkCommandNames(parts.name, Object.keys(functions))
  return {
    commands: (schemas) => chain({ ...parts, check: commandCheck(parts.name, schemas) }, functions),
    snapshots: (snapshot) => {
      checkSnapshots(parts.name, snapshot)
      jsonText(parts.initial(), `The initial state of ${parts.name}, which has snapshots,`)
      return chain({ ...parts, snapshot }, functions)
    },
    evolve: (evolvers) => aggregateOf(definitionOf(parts, functions, evolvers)),
  }
}

function definitionOf(parts: Parts, deciders: object, evolvers: object): AggregateDefinition {
  // What the types of `decide` and `evolve` have checked: functions of this state, by command and by event.
  const decide = new Map(Object.entries(deciders) as [string, DecideFunction][])
  const evolve = new Map(Object.entries(evolvers) as [string, AggregateDefinition['evolve']][])
  return {
    kind: 'aggregate',
    ...parts,
    commands: [...decide.keys()],
    decide: (state, command, now) => decide.get(command.type)?.(state, command.data, { ...command, now }),
    evolve: (state, event) => {
      const step = evolve.get(event.type)
      return step === undefined ? state : step(state, event)
    },
  }
}

type DecideFunction = (state: unknown, data: unknown, command: CommandAt) => Decision

/** The check of commands' data by these schemas. */
export function commandCheck(
  aggregate: string,
  schemas: { readonly [command: string]: JsonSchema | StandardSchemaV1 | undefined },
): (command: Command) => void {
  const checks = new Map(
    Object.entries(schemas).flatMap(([type, schema]) => {
      if (schema === undefined) return []
      const place = `The schema of the command ${aggregate}.${type}`
      return [
        [
          type,
          isStandardSchema(schema) ? standardChecks(schema, place) : schemaChecks(schema, place),
        ] as const,
      ]
    }),
  )
  return ({ type, data }) => {
    checks.get(type)?.closed(data, `${aggregate}.${type}`)
  }
}

/** @throws InvalidAggregate */
export function checkAggregateName(name: string): void {
  if (/^[^\s\-:/.]+$/.test(name)) return
  throw new InvalidAggregate(
    `"${name}" cannot name an aggregate. Use a word without "-", ":", "/", "." and spaces.`,
  )
}

/** @throws InvalidAggregate */
export function checkCommandNames(aggregate: string, names: readonly string[]): void {
  if (!names.includes('definition')) return
  throw new InvalidAggregate(
    `${aggregate} has a command named "definition", where its definition stands. Rename it.`,
  )
}

/** @throws InvalidAggregate */
export function checkSnapshots(aggregate: string, { every, version }: SnapshotOptions): void {
  if (Number.isSafeInteger(every) && every > 0 && Number.isSafeInteger(version)) return
  throw new InvalidAggregate(
    `${aggregate} has snapshots every ${every}, version ${version}. Use whole numbers, every from 1.`,
  )
}
