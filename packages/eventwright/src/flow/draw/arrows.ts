import { sendsOfSaga } from '../check/index.ts'
import type { Flow } from '../model/index.ts'
import { type Ids, OUTSIDE } from './ids.ts'

/** From one part of the flow to another, with everything that goes that way. */
export interface Arrow {
  readonly kind: 'command' | 'published' | 'event'
  readonly from: string
  readonly to: string
  readonly labels: readonly string[]
}

/** Every arrow of the overview; between two parts there is one of a kind. */
export function arrowsOf(flow: Flow, ids: Ids): readonly Arrow[] {
  return merged([
    ...commandsFromOutside(flow, ids),
    ...publications(flow, ids),
    ...eventsToSagas(flow, ids),
    ...eventsToOutside(flow, ids),
    ...commandsOfSagas(flow, ids),
    ...eventsToProjections(flow, ids),
  ])
}

function commandsFromOutside(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.commands.values()].flatMap(({ name, by, aggregate }) =>
    by === undefined
      ? []
      : { kind: 'command', from: ids.actor(by), to: ids.aggregate(aggregate), labels: [name] },
  )
}

function publications(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.topics.values()].flatMap(({ service, events }) =>
    aggregatesOf(flow, events).map((aggregate) => ({
      kind: 'published' as const,
      from: ids.aggregate(aggregate),
      to: ids.topic(service),
      labels: [],
    })),
  )
}

function aggregatesOf(flow: Flow, events: readonly string[]): readonly string[] {
  return [...new Set(events.flatMap((event) => flow.events.get(event)?.aggregate ?? []))]
}

function eventsToSagas(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.topics.values()].flatMap(({ service, events }) =>
    [...flow.sagas.values()].map(({ name, hears }) => ({
      kind: 'event' as const,
      from: ids.topic(service),
      to: ids.saga(name),
      labels: events.filter((event) => hears.includes(event)),
    })),
  )
}

function eventsToOutside(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.topics.values()]
    .filter(({ internal }) => !internal)
    .map(({ service, events }) => ({
      kind: 'event',
      from: ids.topic(service),
      to: ids.actor(OUTSIDE),
      labels: events.filter((event) => flow.events.get(event)?.public),
    }))
}

function commandsOfSagas(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.sagas.values()].flatMap((saga) =>
    sendsOfSaga(saga).flatMap(({ command }): Arrow | readonly Arrow[] => {
      const to = flow.commands.get(command)?.aggregate
      if (to === undefined) return []
      return { kind: 'command', from: ids.saga(saga.name), to: ids.aggregate(to), labels: [command] }
    }),
  )
}

// A projection reads the log of the store, where private events stand too.
function eventsToProjections(flow: Flow, ids: Ids): readonly Arrow[] {
  return [...flow.projections.values()].flatMap(({ name, handlers }) =>
    handlers.flatMap(({ event }): Arrow | readonly Arrow[] => {
      const from = flow.events.get(event)?.aggregate
      if (from === undefined) return []
      return { kind: 'event', from: ids.aggregate(from), to: ids.projection(name), labels: [event] }
    }),
  )
}

function merged(arrows: readonly Arrow[]): readonly Arrow[] {
  const byEnds = Map.groupBy(arrows, ({ kind, from, to }) => `${kind} ${from} ${to}`)
  return [...byEnds.values()].flatMap((same) => {
    const labels = [...new Set(same.flatMap((arrow) => arrow.labels))]
    const [first] = same
    if (first === undefined || (labels.length === 0 && first.kind !== 'published')) return []
    return { ...first, labels }
  })
}
