import type { Place } from '../../findings/index.ts'
import type { Flow, Json, Saga, SagaNode, Send, Topic, Tree } from '../../flow/index.ts'
import type { TopicReport } from '../codes.ts'
import type { TopicLayer } from './document.ts'
import { type Layer, readLayer } from './layer.ts'

type Consumer = { readonly topic: string; readonly group: string; readonly place: Place }

/**
 * The topics that a flow needs on Kafka: its services' event topics with what the flow says of them, a command topic
 * for each service that a saga sends to, and dead letters for each of their consumers.
 */
export function topicsOfFlow(flow: Flow, report: TopicReport): TopicLayer[] {
  const events = [...flow.topics.values()].map((topic) => eventTopic(topic, report))
  const commands = targets(flow).map(({ service, place }) => ({
    name: `${service}.commands`,
    place,
    layer: layer(place, { use: 'commands' }, report),
  }))
  const dead = consumers(flow).map(({ topic, group, place }) => ({
    name: `${topic}.${group}.dlq`,
    place,
    layer: layer(place, { use: 'dead-letters', of: topic }, report),
  }))
  return [...events, ...commands, ...dead]
}

function eventTopic({ name, place, partitions, settings }: Topic, report: TopicReport): TopicLayer {
  return { name, place, layer: layer(place, { use: 'events', partitions, ...settings }, report) }
}

function layer(place: Place, data: { readonly [key: string]: Json }, report: TopicReport): Layer {
  return readLayer(treeOf(data, place), report)
}

/** A flow's settings as a tree that stands where the topic stands. */
function treeOf(data: Json, place: Place): Tree {
  if (Array.isArray(data)) return { kind: 'list', place, items: data.map((item) => treeOf(item, place)) }
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data).map(([key, value]) => ({ key, place, value: treeOf(value, place) }))
    return { kind: 'map', place, entries }
  }
  return { kind: 'scalar', place, value: data, text: data === null ? '' : String(data) }
}

/** The services that a saga sends commands to. */
function targets(flow: Flow): { service: string; place: Place }[] {
  const sent = [...flow.sagas.values()].flatMap(sendsOf)
  const services = new Set(sent.map(({ command }) => flow.commands.get(command)?.service))
  return [...flow.services.values()]
    .filter(({ name }) => services.has(name))
    .map(({ name, place }) => ({ service: name, place }))
}

function consumers(flow: Flow): Consumer[] {
  const commands = targets(flow).map(({ service, place }) => ({
    topic: `${service}.commands`,
    group: service,
    place,
  }))
  // The group is saga:NAME, and a topic's name takes no colon.
  const sagas = [...flow.sagas.values()].flatMap((saga) =>
    heardBy(flow, saga).map((topic) => ({ topic, group: `saga-${saga.name}`, place: saga.place })),
  )
  return [...commands, ...sagas]
}

/** The event topics that a saga reads: where the events that it hears are, and the answers to its commands. */
function heardBy(flow: Flow, saga: Saga): string[] {
  const services = new Set([
    ...saga.hears.map((event) => flow.events.get(event)?.service),
    ...sendsOf(saga).map(({ command }) => flow.commands.get(command)?.service),
  ])
  return [...flow.topics.values()].filter(({ service }) => services.has(service)).map(({ name }) => name)
}

function sendsOf(saga: Saga): Send[] {
  const ends = [saga.completed, saga.compensated].filter((send) => send !== undefined)
  return [...saga.nodes.flatMap(sendsOfNode), ...ends]
}

function sendsOfNode(node: SagaNode): Send[] {
  if (node.kind === 'wait') return []
  if (node.kind !== 'step') return node.nodes.flatMap(sendsOfNode)
  const late = node.timeout?.then
  const all = [node.send, node.compensate, late]
  return all.filter((send): send is Send => typeof send === 'object')
}
