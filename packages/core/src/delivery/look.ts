import type { EventStore } from '../store/index.ts'
import { summaryId } from './lane.ts'
import { allRedrives } from './marked.ts'

/** What the parts of an app ask of their store in one round: each thing is asked once for all of them. */
export interface Look {
  /** The position up to which the log is final. */
  head(): Promise<number>
  /** Keys of a consumer that are marked to be redriven and not done. */
  redrives(consumer: string): Promise<number>
}

export function lookAt(store: EventStore): Look {
  const head = once(() => store.head())
  const redrives = once(() => allRedrives(store))
  return {
    head,
    redrives: async (consumer) => (await redrives()).get(summaryId(consumer)) ?? 0,
  }
}

function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}
