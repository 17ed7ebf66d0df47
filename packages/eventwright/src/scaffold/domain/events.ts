import type { FlowEvent } from '../../flow/index.ts'
import { createModule, documented } from './module.ts'
import { identifier, keyOf } from './names.ts'
import type { ServiceView } from './service-view.ts'
import type { TypeWriter } from './types.ts'
import { upcastersText } from './upcasters.ts'

/** The constant of a service's catalog: the flow's own name. */
export function catalogName({ flow }: ServiceView): string {
  return lower(identifier(flow.name.replaceAll(/[^\w]+/g, '-')))
}

function lower(name: string): string {
  return identifier(name.charAt(0).toLowerCase() + name.slice(1))
}

/** The name under which an event's payload type is exported. */
export function payloadName({ name }: Pick<FlowEvent, 'name'>): string {
  return identifier(name, ['Events'])
}

/** `src/generated/events.ts`: payload types and the catalog. */
export function eventsFile(view: ServiceView, types: TypeWriter): string {
  const module = createModule()
  const { names } = module
  const all = names.declare('Events')
  const own = view.events.map((event) => names.declare(payloadName(event)))
  const catalog = names.declare(catalogName(view))
  const create = names.import('@eventwright/core', 'catalog')
  const foreign = view.foreignEvents.map((event) =>
    names.import('./contracts.ts', payloadName(event), 'type'),
  )
  const payloads = view.events.map(
    (event, index) =>
      `export interface ${own[index]} {\n${types.members(event.payload.fields, names, './types.ts')}\n}`,
  )
  const map = [...view.events, ...view.foreignEvents].map(
    (event, index) => `readonly ${keyOf(event.name)}: ${[...own, ...foreign][index]}`,
  )
  const upcasters = upcastersText([...view.events, ...view.foreignEvents], module)
  return module.text(
    [
      ...payloads,
      `${documented(`The events of ${view.service.name}, and those of other services that it hears.`)}export interface ${all} {\n${map.join('\n')}\n}`,
      `${documented('Checks payloads against the schemas beside this file, and brings old ones to their newest version.')}export const ${catalog} = ${create}<${all}>({
  namespace: ${JSON.stringify(view.flow.namespace)},
  schemas: new URL('./schemas/', import.meta.url),
  ${upcasters}
})`,
    ].join('\n\n'),
  )
}
