import type { FlowEvent, Upcast } from '../../flow/index.ts'
import type { Scope } from './cel/index.ts'
import { properties } from './mapping.ts'
import type { Module } from './module.ts'
import { keyOf } from './names.ts'

/** `upcasters: { … }` of a catalog, or nothing. */
export function upcastersText(events: readonly FlowEvent[], module: Module): string {
  const upcast = events.filter(({ upcasts }) => upcasts.length > 0)
  if (upcast.length === 0) return ''
  const scope = module.scope(new Map([['old', { code: 'old', type: { kind: 'any' } }]]))
  const entries = upcast.map((event) => {
    const steps = event.upcasts.map((step) => `${step.from}: (old) => ${stepText(step, event, scope)}`)
    return `${keyOf(event.name)}: { ${steps.join(',\n')} }`
  })
  return `upcasters: { ${entries.join(',\n')} }`
}

/** The last step leaves behind what the newest version does not have. */
function stepText({ from, set }: Upcast, event: FlowEvent, scope: Scope): string {
  const changes = `{ ${properties(set, scope, { fields: [], typeText: () => 'unknown' }).join(', ')} }`
  scope.uses.add('changed')
  if (from + 1 !== event.version) return `changed(old, ${changes})`
  const names = event.payload.fields.map(({ name }) => JSON.stringify(name))
  return `changed(old, ${changes}, [${names.join(', ')}])`
}
