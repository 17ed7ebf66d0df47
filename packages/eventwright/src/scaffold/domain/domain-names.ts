import { fileName } from './names.ts'
import type { ServiceView } from './service-view.ts'

/** The names of the files of a service's own parts, by the part: `Order` is in `order.ts`. */
export function domainNames({ aggregates, sagas, projections }: ServiceView): ReadonlyMap<string, string> {
  const taken = new Set(['index.ts'])
  const names = new Map<string, string>()
  const kinds = [
    ['aggregate', aggregates],
    ['saga', sagas],
    ['projection', projections],
  ] as const
  for (const [kind, parts] of kinds) {
    for (const { name } of parts) {
      const file = [`${fileName(name)}.ts`, `${fileName(name)}-${kind}.ts`].find((one) => !taken.has(one))
      const free = file ?? `${kind}-${fileName(name)}-${taken.size}.ts`
      taken.add(free)
      names.set(partKey(kind, name), free)
    }
  }
  return names
}

/** An aggregate, a saga and a projection may have one name. */
export function partKey(kind: 'aggregate' | 'saga' | 'projection', name: string): string {
  return `${kind} ${name}`
}
