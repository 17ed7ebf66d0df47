import { partsOfStream } from '../aggregate/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { EventMap, RecordedEvent, RecordedEventOf } from '../event/index.ts'
import type { SagaContext, SagaDefinition, SagaNode, StepNode } from './definition.ts'
import { milliseconds } from './duration.ts'
import type {
  GroupOptions,
  KeyOptions,
  Names,
  SagaOptions,
  SagaScope,
  StepOptions,
  StepsOptions,
} from './options.ts'
import { checkSaga } from './tree.ts'

/**
 * Declares a process manager: `start` begins a run for a key, the steps send commands and wait for answers,
 * a failure compensates what was done, last in, first out (Garcia-Molina and Salem 1987, "Sagas").
 * @throws InvalidSaga
 */
export function buildSaga<Map extends EventMap, Start extends keyof Map & string>(
  catalog: Catalog<Map>,
  name: string,
  start: Start,
  options: SagaOptions<Map, Start>,
): SagaDefinition {
  const { completed, compensated, keepEarly, stuckAfter } = options
  const definition: SagaDefinition = {
    kind: 'saga',
    name,
    version: options.version ?? 1,
    catalog,
    start,
    key: keyOf(options.key),
    nodes: nodesOf(options.steps),
    cancel: listOf(options.cancel),
    ...(completed && { completed: inScope(completed) }),
    ...(compensated && { compensated: inScope(compensated) }),
    ...(keepEarly && { keepEarly: milliseconds(keepEarly) }),
    ...(stuckAfter && { stuckAfter }),
  }
  checkSaga(definition)
  return definition
}

function nodesOf<Map extends EventMap, Start extends keyof Map & string, Item>(
  steps: StepsOptions<Map, Start, Item>,
): readonly SagaNode[] {
  return Object.entries(steps).flatMap(([name, step]) =>
    'group' in step ? groupOf(name, step) : [stepOf(name, step)],
  )
}

function groupOf<Map extends EventMap, Start extends keyof Map & string, Item>(
  name: string,
  { group, steps = {}, body = {}, items, milliseconds: time = 0 }: GroupOptions<Map, Start, Item>,
): readonly SagaNode[] {
  if (group === 'wait') return [{ kind: 'wait', name, milliseconds: time }]
  if (group === 'each') {
    return [{ kind: 'each', name, items: items ? inScope(items) : () => [], body: nodesOf(body) }]
  }
  // A sequence is a branch of its own: a parallel with one.
  if (group === 'sequence') return [{ kind: 'parallel', name, branches: [nodesOf(steps)] }]
  return [{ kind: 'parallel', name, branches: nodesOf(steps).map((node) => [node]) }]
}

function stepOf<Map extends EventMap, Start extends keyof Map & string, Item>(
  name: string,
  step: StepOptions<Map, Start, Item>,
): StepNode {
  const { do: send, undo, timeout, retry } = step
  return {
    kind: 'step',
    name,
    done: listOf(step.done),
    failed: listOf(step.failed),
    ...(send && { send: inScope(send) }),
    ...(undo && { undo: inScope(undo) }),
    ...(timeout && { timeout: timeoutOf(timeout) }),
    ...(retry && { retry: retryOf(retry) }),
  }
}

function timeoutOf<Map extends EventMap, Start extends keyof Map & string, Item>(
  timeout: NonNullable<StepOptions<Map, Start, Item>['timeout']>,
): NonNullable<StepNode['timeout']> {
  if (typeof timeout === 'string') return { after: milliseconds(timeout), then: 'compensate' }
  const { after, then: next = 'compensate' } = timeout
  return { after: milliseconds(after), then: typeof next === 'function' ? inScope(next) : next }
}

function retryOf(retry: NonNullable<StepOptions<EventMap, string>['retry']>): NonNullable<StepNode['retry']> {
  if (retry === 'forever') return { times: 'forever', backoff: 1000 }
  return { times: retry.times, backoff: milliseconds(retry.backoff ?? '1s') }
}

function listOf<Map extends EventMap>(names: Names<Map> | undefined): readonly string[] {
  if (names === undefined) return []
  return typeof names === 'string' ? [names] : names
}

function keyOf<Map extends EventMap>(key: KeyOptions<Map> | undefined): SagaDefinition['key'] {
  // Only events of the catalog's own types reach it.
  if (typeof key === 'function') return (event) => key(event as RecordedEventOf<Map>)
  if (typeof key === 'string') return (event) => fieldOf(event, key)
  const fields = new Map<string, unknown>(Object.entries(key ?? {}))
  return (event) => {
    const field = fields.get(event.type)
    return typeof field === 'string' ? fieldOf(event, field) : partsOfStream(event.stream).id
  }
}

function fieldOf({ data }: RecordedEvent, field: string): string | undefined {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, field)) return undefined
  const value: unknown = Reflect.get(data, field)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/**
 * Gives a typed function what the machinery has. The one place where its plain data takes on the catalog's
 * types: they hold because the catalog checked the events, and the loop's own list gave the item.
 */
function inScope<Map extends EventMap, Start extends keyof Map & string, Item, Result>(
  work: (o: SagaScope<Map, Start, Item>) => Result,
): (context: SagaContext) => Result {
  return (context) => {
    const answers = Object.values(context.answers)
    const answer = (type: string) => answers.findLast((event) => event?.type === type)
    return work({ ...context, data: context.start.data, answer } as SagaScope<Map, Start, Item>)
  }
}
