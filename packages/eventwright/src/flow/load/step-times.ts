import type { EventStore } from '@eventwright/core'
import { asObject } from '../compile/index.ts'

/** Records how long each step of a saga took. */
export type OnStep = (step: string, milliseconds: number) => void

const SENT = 'eventwright.saga.CommandSent'
const DONE = 'eventwright.saga.StepCompleted'
/** Reading the streams of all sagas would cost more than some of them do: of so many a second the steps are read. */
const PER_SECOND = 40

/** Reads the times of the steps of a sample of sagas that ended. */
export function stepTimes(store: EventStore, tenant: string, onStep: OnStep): (stream: string) => void {
  let next = 0

  async function read(stream: string): Promise<void> {
    const { events } = await store.read(stream, { tenant, direction: 'backward', limit: 500 })
    const sent = new Map<string, number>()
    for (const { type, data, recordedAt } of [...events].reverse()) {
      const { path, role } = asObject(data)
      if (typeof path !== 'string') continue
      if (type === SENT && role === 'do') sent.set(path, recordedAt)
      const begun = sent.get(path)
      if (type === DONE && begun !== undefined) onStep(stepOf(path), recordedAt - begun)
    }
  }

  return (stream) => {
    const now = performance.now()
    if (now < next) return
    next = now + 1000 / PER_SECOND
    read(stream).catch(() => undefined) // whoever closes the store in between loses one of the sample
  }
}

/** A path ends in the step's name: `each-1/0/stock`. */
function stepOf(path: string): string {
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}
