import type {
  Aggregate,
  Command,
  Flow,
  FlowEvent,
  Projection,
  Saga,
  SagaNode,
  Send,
  Service,
} from '../../flow/index.ts'

/** Commands of one aggregate of another service. */
export interface ForeignAggregate {
  readonly aggregate: Aggregate
  readonly commands: readonly Command[]
}

/** What one service is made of, and what it needs of others. */
export interface ServiceView {
  readonly flow: Flow
  readonly service: Service
  readonly aggregates: readonly Aggregate[]
  /** Those whose start event is the service's own. */
  readonly sagas: readonly Saga[]
  /** Those whose first event is the service's own. */
  readonly projections: readonly Projection[]
  readonly events: readonly FlowEvent[]
  /** Events of other services that sagas and projections of this one hear. */
  readonly foreignEvents: readonly FlowEvent[]
  /** Aggregates of other services that sagas of this one send to. */
  readonly foreignAggregates: readonly ForeignAggregate[]
  /** The services that these events and aggregates belong to. */
  readonly others: readonly Service[]
}

/** The part of a flow that one service has. Throws a `RangeError` where the flow has no such service. */
export function viewOf(flow: Flow, name: string): ServiceView {
  const service = flow.services.get(name)
  if (service === undefined) {
    const known = [...flow.services.keys()].join(', ')
    throw new RangeError(`The flow ${flow.name} has no service ${name}. It has: ${known}.`)
  }
  const ownerOf = (event: string | undefined): string | undefined => flow.events.get(event ?? '')?.service
  const sagas = [...flow.sagas.values()].filter(({ start }) => ownerOf(start) === name)
  const projections = [...flow.projections.values()].filter(
    ({ handlers }) => ownerOf(handlers[0]?.event) === name,
  )
  const all = [...flow.events.values()]
  const heard = new Set([
    ...sagas.flatMap(({ hears }) => hears),
    ...projections.flatMap(({ handlers }) => handlers.map(({ event }) => event)),
  ])
  const foreignEvents = all.filter((event) => event.service !== name && heard.has(event.name))
  const foreignAggregates = foreignOf(flow, name, sagas)
  const needed = new Set([
    ...foreignEvents.map((event) => event.service),
    ...foreignAggregates.map(({ aggregate }) => aggregate.service),
  ])
  return {
    flow,
    service,
    aggregates: service.aggregates.flatMap((one) => flow.aggregates.get(one) ?? []),
    sagas,
    projections,
    events: all.filter((event) => event.service === name),
    foreignEvents,
    foreignAggregates,
    others: [...flow.services.values()].filter((one) => needed.has(one.name)),
  }
}

function foreignOf(flow: Flow, service: string, sagas: readonly Saga[]): readonly ForeignAggregate[] {
  const sent = new Set(sagas.flatMap(sendsOf).map(({ command }) => command))
  const commands = [...flow.commands.values()].filter((one) => one.service !== service && sent.has(one.name))
  return [...Map.groupBy(commands, ({ aggregate }) => aggregate)].flatMap(([name, own]) => {
    const aggregate = flow.aggregates.get(name)
    return aggregate === undefined ? [] : [{ aggregate, commands: own }]
  })
}

/** Every command that a saga may send. */
export function sendsOf(saga: Saga): readonly Send[] {
  const ends = [saga.completed, saga.compensated].filter((send) => send !== undefined)
  return [...saga.nodes.flatMap(sendsIn), ...ends]
}

function sendsIn(node: SagaNode): readonly Send[] {
  if (node.kind === 'wait') return []
  if (node.kind !== 'step') return node.nodes.flatMap(sendsIn)
  const { send, compensate, timeout } = node
  const then = timeout?.then
  return [send, compensate, then].filter((one): one is Send => typeof one === 'object')
}
