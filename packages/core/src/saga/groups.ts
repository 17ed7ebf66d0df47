import type { EventMap } from '../event/index.ts'
import { type Duration, milliseconds } from './duration.ts'
import type { GroupOptions, SagaScope, StepsOptions } from './options.ts'

/** Steps that start together; done when all are. When one fails, the others are compensated. */
export function parallel<Map extends EventMap, Start extends keyof Map & string, Item>(
  steps: StepsOptions<Map, Start, Item>,
): GroupOptions<Map, Start, Item> {
  return { group: 'parallel', steps }
}

/** Steps in order, as one branch of a `parallel`. */
export function sequence<Map extends EventMap, Start extends keyof Map & string, Item>(
  steps: StepsOptions<Map, Start, Item>,
): GroupOptions<Map, Start, Item> {
  return { group: 'sequence', steps }
}

/** The steps once for each item of a list, one round after the other. The list is taken when the loop is reached. */
export function each<Map extends EventMap, Start extends keyof Map & string, Outer, Item>(
  items: (o: SagaScope<Map, Start, Outer>) => readonly Item[],
  steps: StepsOptions<Map, Start, Item>,
): GroupOptions<Map, Start, Outer> {
  return { group: 'each', items, body: steps }
}

/** Waits for time: `wait('3d')`. */
export function wait<Map extends EventMap, Start extends keyof Map & string, Item>(
  duration: Duration,
): GroupOptions<Map, Start, Item> {
  return { group: 'wait', milliseconds: milliseconds(duration) }
}
