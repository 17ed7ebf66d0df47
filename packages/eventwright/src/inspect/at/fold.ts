import {
  type AggregateDefinition,
  EventwrightError,
  foldEvents,
  isTechnical,
  partsOfStream,
  type RecordedEvent,
  type SagaProgress,
  sagaFold,
} from '@eventwright/core'
import { type Code, listed } from '../code/code.ts'
import { BrokenCode, NotThere, saidBy } from '../errors.ts'
import { plainOf } from './plain.ts'

/** A stream's events, taken in one by one. */
export interface Fold {
  take(event: RecordedEvent): void
  /** The state after them, as JSON can say it. */
  state(): unknown
}

const SAGA = 'saga:'

/** Whether a stream's state is known without the code that wrote it. */
export function isSaga(stream: string): boolean {
  return stream.startsWith(SAGA)
}

/** What folds the stream: its aggregate in the code, or for a saga's own stream nothing but that. @throws NotThere */
export function foldOf(stream: string, code: Code | undefined): Fold {
  if (isSaga(stream)) {
    const fold = sagaFold()
    return { take: (event) => fold.take(event), state: () => plainOf(byPath(fold.progress())) }
  }
  if (!/^[^-]+-/.test(stream))
    throw new NotThere(`'${stream}' names no stream: write AGGREGATE-ID, such as order-o-1.`)
  const { aggregate } = partsOfStream(stream)
  if (code === undefined) {
    throw new NotThere(
      `The state of ${stream} needs the code of ${aggregate}: give --flow FILE or --app MODULE.`,
    )
  }
  const definition = code.aggregates.get(aggregate)
  if (definition) return aggregateFold(definition)
  throw new NotThere(
    `${code.origin} has no aggregate ${aggregate}, which ${stream} would be of (it has: ${listed(code.aggregates.keys())}).`,
  )
}

/** Steps by where they stand, so that what changed in one is told by its name. */
function byPath({ steps, ...progress }: SagaProgress): object {
  return { ...progress, steps: Object.fromEntries(steps.map(({ path, ...step }) => [path, step])) }
}

function aggregateFold(definition: AggregateDefinition): Fold {
  let state = initialOf(definition)
  return {
    take(event) {
      state = evolved(definition, state, event)
    },
    state: () => plainOf(state),
  }
}

function initialOf(definition: AggregateDefinition): unknown {
  try {
    return definition.initial()
  } catch (error) {
    throw new BrokenCode(`The initial state of ${definition.name} cannot be made: ${saidBy(error)}`, {
      cause: error,
    })
  }
}

function evolved(definition: AggregateDefinition, state: unknown, event: RecordedEvent): unknown {
  const { type, version, stream, position } = event
  try {
    const newest = isTechnical(type) ? event : definition.catalog.upcast(event)
    return foldEvents(definition, state, [newest])
  } catch (error) {
    const code = error instanceof EventwrightError ? error.code : ''
    const what =
      code === 'NewerEventVersion' ? 'This code does not know' : `The code of ${definition.name} cannot take`
    throw new BrokenCode(
      `${what} ${type}, version ${version} of ${stream} (position ${position}): ${saidBy(error)}`,
      { cause: error },
    )
  }
}
