import type { RecordedEvent } from '@eventwright/core'
import { asObject } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'

/** A saga of one key: what its stream is about. */
export interface SagaRun {
  readonly saga: string
  readonly key: string
  readonly stream: string
}

/** The sagas that ran in a log, by stream. */
export function sagaRuns(log: readonly RecordedEvent[]): ReadonlyMap<string, SagaRun> {
  return new Map(
    log.flatMap(({ type, stream, data }) => {
      if (type !== 'eventwright.saga.Started') return []
      const { saga, key } = asObject(data)
      return [[stream, { saga: String(saga), key: String(key), stream }] as const]
    }),
  )
}

/** Whether an event is told to this saga of this key: as an answer to its own command, or by its key. */
export function isTold(flow: Flow, { saga, key, stream }: SagaRun, event: RecordedEvent): boolean {
  const definition = flow.sagas.get(saga)
  if (!definition?.hears.includes(event.type)) return false
  const field = definition.key.fields.get(event.type)
  return (
    event.metadata.saga === stream || (field !== undefined && String(asObject(event.data)[field]) === key)
  )
}

/** Whether two paths of a saga's steps lie in different branches of one `parallel`: neither waits for the other. */
export function areParallel(one: string, other: string): boolean {
  const [left, right] = [one.split('/'), other.split('/')]
  const parting = left.findIndex((part, index) => part !== right[index])
  return parting > 0 && right[parting] !== undefined && /^parallel-\d+$/.test(left[parting - 1] ?? '')
}
