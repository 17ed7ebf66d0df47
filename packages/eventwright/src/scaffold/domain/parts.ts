import { partKey } from './domain-names.ts'
import { createModule } from './module.ts'
import { identifier } from './names.ts'
import type { ServiceView } from './service-view.ts'

/** `src/domain/index.ts`: what the service runs. */
export function partsFile(view: ServiceView, names: ReadonlyMap<string, string>): string {
  const module = createModule()
  const kinds = [
    ['aggregate', view.aggregates],
    ['saga', view.sagas],
    ['projection', view.projections],
  ] as const
  const parts = kinds.flatMap(([kind, all]) =>
    all.map(({ name }) => module.names.import(`./${names.get(partKey(kind, name))}`, identifier(name))),
  )
  return module.text(`/** What this service runs. */\nexport const parts = [${parts.join(', ')}]`)
}
