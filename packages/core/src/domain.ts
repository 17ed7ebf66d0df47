import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Aggregate,
  type AggregateRoot,
  type AggregateStart,
  buildAggregate,
  buildContract,
  buildFromClass,
  type CommandMethods,
  type ContractCreators,
  type RootCreators,
  type RootOptions,
} from './aggregate/index.ts'
import { type Catalog, type CatalogOptions, createCatalog, isStandardSchema } from './catalog/index.ts'
import { type BuildConsumerOptions, buildConsumer, type ConsumerDefinition } from './delivery/index.ts'
import type { EventMap } from './event/index.ts'
import {
  buildProjection,
  type InlineHandlers,
  type ProjectionDefinition,
  type ProjectionHandlers,
  type ProjectionOptions,
} from './projection/index.ts'
import { buildSaga, type SagaDefinition, type SagaOptions } from './saga/index.ts'

/** Standard Schemas by event type: of zod, valibot, arktype and others. */
export type StandardSchemas = { readonly [type: string]: StandardSchemaV1 }

/** The payload types of Standard Schemas: what they give. */
export type PayloadsOf<Schemas extends StandardSchemas> = {
  [Type in keyof Schemas & string]: StandardSchemaV1.InferOutput<Schemas[Type]>
}

/** The payload types of a type or interface. */
export type PayloadsIn<Map extends object> = { [Type in keyof Map & string]: Map[Type] }

/** A catalog, and what is built on its events with inferred types. */
export interface Domain<Map extends EventMap = EventMap> extends Catalog<Map> {
  /**
   * Begins an aggregate: `name` names its streams, `initial` is the state of one that has no events.
   * `shop.aggregate<State>('order', { … }).decide({ … }).evolve({ … })`. @throws InvalidAggregate
   */
  aggregate<State>(name: string, initial: State): AggregateStart<Map, State>
  /** An aggregate written as a class; `commands` names the methods that are commands. @throws InvalidAggregate */
  fromClass<Root extends AggregateRoot<Map>, Names extends CommandMethods<Root>>(
    name: string,
    Class: new () => Root,
    commands: readonly Names[],
    options?: RootOptions<Root>,
  ): Aggregate<RootCreators<Map, Root, Names>>
  /**
   * An aggregate of a service that runs elsewhere, for sagas that send to it: its name, and the data of its
   * commands as a type. `shop.contract<{ ReserveStock: Held }>('Stock', ['ReserveStock'])` stands in the `run` of
   * `service(NAME, { elsewhere: true, … })`. @throws InvalidAggregate
   */
  contract<Commands extends object>(
    name: string,
    commands: readonly (keyof Commands & string)[],
  ): Aggregate<ContractCreators<Commands>>
  /** A process manager that the event `start` begins. @throws InvalidSaga */
  saga<Start extends keyof Map & string>(
    name: string,
    start: Start,
    options: SagaOptions<Map, Start>,
  ): SagaDefinition
  /** A read model: raise `version` to have it built anew. @throws InvalidProjection */
  projection(
    name: string,
    version: number,
    handlers: InlineHandlers<Map>,
    options: ProjectionOptions & { readonly inline: true },
  ): ProjectionDefinition
  projection(
    name: string,
    version: number,
    handlers: ProjectionHandlers<Map>,
    options?: ProjectionOptions,
  ): ProjectionDefinition
  /** Handlers for events that other services publish; `name` is the consumer group. @throws InvalidConsumer */
  consumer(name: string, options: BuildConsumerOptions<Map>): ConsumerDefinition
}

/**
 * The events of a domain with their payloads, schemas and versions. Payload types come from Standard
 * Schemas, or from a type parameter beside JSON Schemas:
 *
 * ```ts
 * const shop = catalog({ OrderPlaced: z.object({ sku: z.string() }) }, { namespace: 'com.example.shop' })
 * const shop = catalog<{ OrderPlaced: { sku: string } }>({ namespace: 'com.example.shop', schemas: './schemas' })
 * ```
 *
 * The namespace is the prefix of the types on the wire, `local` where none is given with Standard Schemas.
 * @throws InvalidCatalog
 */
export function catalog<Schemas extends StandardSchemas>(
  schemas: Schemas,
  options?: Partial<Omit<CatalogOptions<keyof Schemas & string>, 'schemas'>>,
): Domain<PayloadsOf<Schemas>>
export function catalog<Schemas extends StandardSchemas>(
  options: CatalogOptions<keyof Schemas & string> & { readonly schemas: Schemas },
): Domain<PayloadsOf<Schemas>>
export function catalog<Map extends object = EventMap>(
  options: CatalogOptions<keyof Map & string>,
): Domain<PayloadsIn<Map>>
export function catalog(
  first: CatalogOptions | StandardSchemas,
  rest: Partial<Omit<CatalogOptions, 'schemas'>> = {},
): Domain {
  return domainOf(createCatalog(isOptions(first) ? first : { namespace: 'local', ...rest, schemas: first }))
}

function isOptions(first: CatalogOptions | StandardSchemas): first is CatalogOptions {
  return !Object.values(first).every(isStandardSchema) || Object.keys(first).length === 0
}

function domainOf(catalog: Catalog): Domain {
  // The domain itself is the catalog of what is built on it, so that an app meets one catalog, not two.
  const domain: Domain = {
    ...catalog,
    aggregate: (name, initial) => buildAggregate(domain, name, initial),
    fromClass: (name, Class, commands, options) => buildFromClass(domain, name, Class, commands, options),
    contract: (name, commands) => buildContract(domain, name, commands),
    saga: (name, start, options) => buildSaga(domain, name, start, options),
    projection: (
      name: string,
      version: number,
      handlers: ProjectionHandlers<EventMap>,
      options?: ProjectionOptions,
    ) => buildProjection(domain, name, version, handlers, options),
    consumer: (name, options) => buildConsumer(domain, name, options),
  }
  return domain
}
