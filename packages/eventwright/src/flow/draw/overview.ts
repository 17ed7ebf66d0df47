import type { Flow, Topic } from '../model/index.ts'
import { type Arrow, arrowsOf } from './arrows.ts'
import { type Ids, idsOf, OUTSIDE } from './ids.ts'
import { label, lines } from './label.ts'

/** The whole flow in one picture: who sends which commands to whom, who publishes where, who listens. */
export function drawOverview(flow: Flow): string {
  const ids = idsOf(flow)
  const arrows = arrowsOf(flow, ids)
  return [
    'flowchart LR',
    ...actors(flow, ids, arrows),
    ...services(flow, ids),
    ...[...flow.topics.values()].map((topic) => topicNode(topic, ids)),
    ...[...flow.sagas.keys()].map((saga) => `  ${ids.saga(saga)}{{"${label(saga)}"}}`),
    ...[...flow.projections.keys()].map((name) => `  ${ids.projection(name)}[/"${label(name)}"/]`),
    ...arrows.map(arrowLine),
    ...styles(flow),
    '',
  ].join('\n')
}

function actors(flow: Flow, ids: Ids, arrows: readonly Arrow[]): readonly string[] {
  const named = new Set([...flow.commands.values()].flatMap(({ by }) => by ?? []))
  const all = [...named, ...(named.has(OUTSIDE) ? [] : [OUTSIDE])]
  const ends = new Set(arrows.flatMap(({ from, to }) => [from, to]))
  return all
    .filter((actor) => ends.has(ids.actor(actor)))
    .map((actor) => `  ${ids.actor(actor)}(["${label(actor)}"])`)
}

function services(flow: Flow, ids: Ids): readonly string[] {
  return [...flow.services.values()].flatMap(({ name, aggregates }) => [
    `  subgraph ${ids.service(name)}["${label(name)}"]`,
    ...aggregates.map((aggregate) => `    ${ids.aggregate(aggregate)}["${label(aggregate)}"]`),
    '  end',
  ])
}

function styles(flow: Flow): readonly string[] {
  const isInternal = [...flow.topics.values()].some(({ internal }) => internal)
  return isInternal ? ['  classDef internal stroke-dasharray: 4 4'] : []
}

function topicNode({ name, service, internal }: Topic, ids: Ids): string {
  const id = ids.topic(service)
  return internal ? `  ${id}[("internal")]:::internal` : `  ${id}[("${label(name)}")]`
}

const STROKES = { command: '-->', published: '==>', event: '-.->' } as const

function arrowLine({ kind, from, to, labels }: Arrow): string {
  const text = labels.length === 0 ? '' : `|"${lines(labels)}"|`
  return `  ${from} ${STROKES[kind]}${text} ${to}`
}
