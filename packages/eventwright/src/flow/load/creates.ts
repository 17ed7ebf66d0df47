import { type Command, type Flow, NONE } from '../model/index.ts'

/** True where the command begins an aggregate. */
export function creates({ accepts }: Command): boolean {
  return accepts.some(({ name }) => name === NONE)
}

/** True where the command leaves its aggregate in the state that it found. */
export function stays(flow: Flow, { accepts, emits }: Command): boolean {
  const after = emits.map((event) => flow.events.get(event)?.to?.name)
  return after.every((state) => state === undefined || accepts.some(({ name }) => name === state))
}
