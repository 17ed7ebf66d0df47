import { AsyncLocalStorage } from 'node:async_hooks'

interface Turns {
  last: Promise<unknown>
}

const turns = new WeakMap<object, Turns>()
/** Of those that are inside a join on a client: a join of another store in it does not wait for the outer one. */
const inside = new AsyncLocalStorage<ReadonlyMap<object, Turns>>()

/** Joins on one client run one after the other: undoing one would undo what another one did since it began. */
export function joinInTurn<Result>(client: object, join: () => Promise<Result>): Promise<Result> {
  const outer = inside.getStore()
  const before = outer?.get(client) ?? turns.get(client) ?? { last: Promise.resolve() }
  if (!outer?.has(client)) turns.set(client, before)
  const within = new Map([...(outer ?? []), [client, { last: Promise.resolve() }]])
  const joining = before.last.then(() => inside.run(within, join))
  before.last = joining.catch(() => {})
  return joining
}
