import type { EventStore } from '@eventwright/core'
import { fieldsOf, textIn } from './json-object.ts'

/** The one service whose events the store holds, as its app wrote it down; `undefined` where there are several, or none is known. */
export async function ownService(store: EventStore): Promise<string | undefined> {
  const declared = fieldsOf(await store.documents('eventwright.declared').get('routes'))
  const own = Object.values(fieldsOf(declared.aggregates))
    .map(fieldsOf)
    .filter(({ elsewhere }) => elsewhere === false)
  const [name, ...others] = new Set(own.map((aggregate) => textIn(aggregate, 'service')))
  return others.length === 0 ? name : undefined
}
