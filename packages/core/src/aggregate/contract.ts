import type { Catalog } from '../catalog/index.ts'
import type { EventMap, PendingEvent } from '../event/index.ts'
import { type Aggregate, aggregateOf } from './aggregate.ts'
import { checkAggregateName, checkCommandNames } from './builder.ts'
import type { TypedCommand } from './command.ts'
import { DecidedElsewhere } from './errors.ts'

/** The creators of another service's commands; data may be left out where nothing in it is required. */
export type ContractCreators<Commands extends object> = {
  readonly [Type in keyof Commands & string]: Record<never, never> extends Commands[Type]
    ? (id: string, data?: Commands[Type]) => TypedCommand<Type, Commands[Type], PendingEvent, string>
    : (id: string, data: Commands[Type]) => TypedCommand<Type, Commands[Type], PendingEvent, string>
}

/** An aggregate of another service: its name and its commands, without what decides them. @throws InvalidAggregate */
export function buildContract<Commands extends object>(
  catalog: Catalog<EventMap>,
  name: string,
  commands: readonly (keyof Commands & string)[],
): Aggregate<ContractCreators<Commands>> {
  checkAggregateName(name)
  checkCommandNames(name, commands)
  return aggregateOf({
    kind: 'aggregate',
    name,
    catalog,
    contract: true,
    commands,
    initial: () => undefined,
    decide: (_state, { type }) => {
      throw new DecidedElsewhere(name, type)
    },
    evolve: (state) => state,
  })
}
