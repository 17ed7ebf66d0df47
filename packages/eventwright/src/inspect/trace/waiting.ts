import { type Broker, partsOfStream } from '@eventwright/core'
import type { Draft, Drafts } from './draft.ts'
import { fieldsOf, textIn } from './json-object.ts'
import { tellParked } from './parked.ts'
import type { Source } from './sources.ts'

/** Who decides the commands of an aggregate, and the topic that it takes them from. */
interface Route {
  readonly service: string
  readonly topic: string
}

/** Messages of each partition that are looked through for a command, from the last one back. */
const LATEST = 10_000

/**
 * Says of each command that no store has decided that it waits, where as far as that is known, and of commands and
 * events who parked them.
 */
export async function tellWhatWaits(
  sources: readonly Source[],
  { commands, events }: Drafts,
  broker: Broker | undefined,
): Promise<void> {
  const open = [...commands.values()].filter(({ outcome }) => outcome === undefined)
  const routes = open.length === 0 ? new Map<string, Route>() : await routesIn(sources)
  for (const command of open) {
    const route = routes.get(partsOfStream(command.stream ?? '').aggregate)
    command.outcome = 'waits'
    command.why = await placeOf(command, route, broker)
  }
  await tellParked(sources, [...open, ...events.values()])
}

/** An app writes down in its store where each aggregate that it knows is spoken to. */
async function routesIn(sources: readonly Source[]): Promise<ReadonlyMap<string, Route>> {
  const routes = new Map<string, Route>()
  for (const { store } of sources) {
    const declared = fieldsOf(await store.documents('eventwright.declared').get('routes'))
    for (const [aggregate, value] of Object.entries(fieldsOf(declared.aggregates))) {
      const [service, topic] = ['service', 'commandTopic'].map((name) => textIn(fieldsOf(value), name))
      if (service !== undefined && topic !== undefined) routes.set(aggregate, { service, topic })
    }
  }
  return routes
}

async function placeOf({ id }: Draft, route: Route | undefined, broker: Broker | undefined): Promise<string> {
  const undecided = 'none of these stores has decided it'
  if (route === undefined) return undecided
  const { service, topic } = route
  if (broker === undefined) return `${undecided}; ${service} takes it from ${topic}`
  const known = (await broker.topics()).some((one) => one.topic === topic)
  const found = known && (await broker.latest(topic, LATEST)).some((message) => message.id === id)
  if (!found) return `${undecided}, and it is not in ${topic}: not published yet, or long ago`
  const behind = await broker.groupLag(service)
  return `it is in ${topic} for ${service}, which has ${behind} message${behind === 1 ? '' : 's'} to handle`
}
