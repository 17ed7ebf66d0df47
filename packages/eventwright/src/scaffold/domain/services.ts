import type { Service } from '../../flow/index.ts'
import { createModule, documented } from './module.ts'
import { identifier } from './names.ts'
import type { ServiceView } from './service-view.ts'

/** `src/generated/services.ts`: where this service publishes, and where those that it talks to do. */
export function servicesFile(view: ServiceView): string {
  const module = createModule()
  const { names } = module
  const topicType = names.import('@eventwright/core', 'ServiceTopic', 'type')
  const serviceType = names.import('@eventwright/core', 'Service', 'type')
  const others = view.others.map((other) =>
    serviceText(other, view, names.import('@eventwright/core', 'service'), names),
  )
  return module.text(
    [
      `${documented('The name of this service: its commands come over the topic NAME.commands.')}export const name = ${JSON.stringify(view.service.name)}`,
      `${documented('Where its events go.')}export const topic: ${topicType} = ${topicText(view.service, view)}`,
      `${documented('The services that run elsewhere, and what this one sends to them and hears of them.')}export const elsewhere: readonly ${serviceType}[] = [${others.join(',\n')}]`,
    ].join('\n\n'),
  )
}

function serviceText(
  other: Service,
  view: ServiceView,
  create: string,
  names: ReturnType<typeof createModule>['names'],
): string {
  const run = view.foreignAggregates
    .filter(({ aggregate }) => aggregate.service === other.name)
    .map(({ aggregate }) => names.import('./contracts.ts', identifier(aggregate.name)))
  const parts = run.length === 0 ? '' : `, run: [${run.join(', ')}]`
  return `${create}(${JSON.stringify(other.name)}, { elsewhere: true, topic: ${topicText(other, view)}${parts} })`
}

function topicText({ name, topic }: Service, { flow }: ServiceView): string {
  if (topic === undefined) return '{}'
  const own = [...flow.events.values()].filter((event) => event.service === name)
  const all = own.every((event) => topic.events.includes(event.name))
  const publish = all ? "'all'" : JSON.stringify(topic.events)
  return `{ name: ${JSON.stringify(topic.name)}, partitions: ${topic.partitions}, publish: ${publish} }`
}
