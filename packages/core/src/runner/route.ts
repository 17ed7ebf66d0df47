import { COMMAND_HANDLED, partsOfStream } from '../aggregate/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { eventMessage, outgoingMessage, type Route, type Routed } from '../delivery/index.ts'
import { isTechnical, type RecordedEvent } from '../event/index.ts'
import { sagaRoute } from '../saga/index.ts'
import type { Declarations, DeclaredAggregate } from './declarations.ts'
import type { Topology } from './topology.ts'

const ANSWERS = 'command:'

type Speaker = Omit<DeclaredAggregate, 'namespace' | 'namespaces' | 'elsewhere'> & {
  readonly namespaceOf: (type: string) => string
}

/**
 * What the relay publishes: commands of sagas and answers, outgoing messages, and the events that are public,
 * of this app and of the others on its store.
 */
export function routeOf(
  topology: Topology,
  catalog: Catalog,
  epoch: string,
  declarations: Pick<Declarations, 'of' | 'isHeard'>,
): Route {
  function speakerOf(aggregate: string): Speaker | undefined {
    const own = topology.serviceOf.get(aggregate)
    const declared = own && !own.elsewhere ? undefined : declarations.of(aggregate)
    if (declared) {
      const { namespace, namespaces } = declared
      return { ...declared, namespaceOf: (type) => namespaces[type] ?? namespace }
    }
    return own && { ...own, service: own.name, namespaceOf: (type) => catalog.namespaceOf(type) }
  }

  function isPublic(type: string, { publish }: Speaker): boolean {
    if (publish === 'all' || publish.includes(type)) return true
    return topology.heard.has(type) || declarations.isHeard(type)
  }

  function publish(event: RecordedEvent, { service, eventTopic, namespaceOf }: Speaker): readonly Routed[] {
    const options = { catalog: { namespaceOf }, source: `/services/${service}`, epoch }
    return [{ topic: eventTopic, message: eventMessage(event, options) }]
  }

  return (event) => {
    const { aggregate } = partsOfStream(event.stream)
    if (!isTechnical(event.type)) {
      const speaker = speakerOf(aggregate)
      return speaker && isPublic(event.type, speaker) ? publish(event, speaker) : []
    }
    if (event.type === COMMAND_HANDLED) {
      const speaker = speakerOf(aggregate.slice(ANSWERS.length))
      return speaker ? publish(event, speaker) : []
    }
    const outgoing = outgoingMessage(event)
    return outgoing ? [outgoing] : sagaRoute(event, (name) => speakerOf(name)?.commandTopic)
  }
}
