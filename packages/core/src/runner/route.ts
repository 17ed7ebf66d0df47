import { COMMAND_HANDLED, partsOfStream } from '../aggregate/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { eventMessage, outgoingMessage, type Route, type Routed } from '../delivery/index.ts'
import { isTechnical, type RecordedEvent } from '../event/index.ts'
import { sagaRoute } from '../saga/index.ts'
import { type PlannedService, publishedOn, type Topology } from './topology.ts'

const ANSWERS = 'command:'

/** What the relay publishes: commands of sagas and answers, outgoing messages, and the events that are public. */
export function routeOf(topology: Topology, catalog: Catalog, epoch: string): Route {
  const commandTopic = (aggregate: string): string | undefined =>
    topology.serviceOf.get(aggregate)?.commandTopic

  function publish(event: RecordedEvent, { name }: PlannedService, topic: string): readonly Routed[] {
    return [{ topic, message: eventMessage(event, { catalog, source: `/services/${name}`, epoch }) }]
  }

  return (event) => {
    const { aggregate } = partsOfStream(event.stream)
    if (!isTechnical(event.type)) {
      const service = topology.serviceOf.get(aggregate)
      const topic = publishedOn(topology, aggregate, event.type)
      return service && topic !== undefined ? publish(event, service, topic) : []
    }
    if (event.type === COMMAND_HANDLED) {
      const service = topology.serviceOf.get(aggregate.slice(ANSWERS.length))
      return service ? publish(event, service, service.eventTopic) : []
    }
    const outgoing = outgoingMessage(event)
    return outgoing ? [outgoing] : sagaRoute(event, commandTopic)
  }
}
