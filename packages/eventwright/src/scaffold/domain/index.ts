import type { LoadedFlow } from '../../flow/index.ts'
import type { ScaffoldFile } from '../file.ts'
import { aggregateFile } from './aggregate.ts'
import { aggregateTest } from './aggregate-test.ts'
import { commandsFile } from './commands.ts'
import { definitionsOf } from './compiled.ts'
import { contractsFile } from './contracts.ts'
import { OUTCOME } from './decide-file.ts'
import { domainNames, partKey } from './domain-names.ts'
import { catalogName, eventsFile } from './events.ts'
import { copyOfFlow, decideCopies } from './flow-files.ts'
import { formatted, jsonFile } from './format.ts'
import { createNames } from './imports.ts'
import { schemaTypes } from './json-types.ts'
import { identifier } from './names.ts'
import { partsFile } from './parts.ts'
import { projectionFile } from './projection.ts'
import { sagaFile } from './saga.ts'
import { scenariosTest } from './scenarios-test.ts'
import { type ServiceView, viewOf } from './service-view.ts'
import { servicesFile } from './services.ts'
import { createTypeWriter } from './types.ts'

export { Untranslatable } from './cel/index.ts'
export { dataSchema } from './commands.ts'

/** A file as text that is not formatted yet. */
type Draft = ScaffoldFile & { readonly language?: 'ts' }

/**
 * The domain of one service of a flow as TypeScript: its catalog, aggregates, sagas and projections, and the tests
 * of them. Paths are relative to the service's folder.
 * @throws RangeError where the flow has no such service or is not sound; Untranslatable for CEL that has no counterpart
 */
export async function domainFiles(loaded: LoadedFlow, service: string): Promise<readonly ScaffoldFile[]> {
  const { flow } = loaded
  if (flow === undefined) throw new RangeError('The flow has errors: see `eventwright check`.')
  const view = viewOf(flow, service)
  const drafts = await draftsOf(view, loaded)
  return Promise.all(
    drafts.map(async ({ language, ...file }) =>
      language === 'ts' ? { ...file, text: await formatted(file.text) } : file,
    ),
  )
}

async function draftsOf(view: ServiceView, loaded: LoadedFlow): Promise<readonly Draft[]> {
  const { flow } = view
  const types = createTypeWriter(flow, await schemaTypes(flow))
  const names = domainNames(view)
  const decided = decideCopies(flow, view.service.aggregates, new Set(names.values()))
  const contracts = contractsFile(view, types)
  const copy = copyOfFlow(loaded, flow)
  const drafts = [
    generated('src/generated/events.ts', eventsFile(view, types)),
    generated('src/generated/commands.ts', commandsFile(view, types)),
    ...(contracts === undefined ? [] : [generated('src/generated/contracts.ts', contracts)]),
    generated('src/generated/services.ts', servicesFile(view)),
    ...(decided.texts.size === 0 ? [] : [generated('src/generated/outcome.ts', OUTCOME)]),
    ...schemaDrafts(view),
    ...[...copy.files].map(([path, text]): Draft => ({ path, text, owner: 'generated' })),
    ...partDrafts(view, { types, names, decideFile: (path) => `./${decided.nameOf(path)}` }),
    ...[...decided.texts].map(
      ([name, text]): Draft => ({ path: `src/domain/${name}`, text, owner: 'yours' }),
    ),
    yours('src/domain/index.ts', partsFile(view, names)),
    ...(await testDrafts(view, names)),
    ...(flow.scenarios.length === 0
      ? []
      : [generated('test/scenarios.test.ts', scenariosTest(view, copy.flows))]),
  ]
  // Last, since the files before say which of the flow's types are used.
  const declared = types.declarations(createNames())
  return declared === '' ? drafts : [...drafts, generated('src/generated/types.ts', declared)]
}

function partDrafts(
  view: ServiceView,
  about: {
    readonly types: ReturnType<typeof createTypeWriter>
    readonly names: ReadonlyMap<string, string>
    readonly decideFile: (path: string) => string
  },
): readonly Draft[] {
  const { types, names, decideFile } = about
  const catalog = catalogName(view)
  const own = new Set(view.service.aggregates)
  const moduleOf = (aggregate: string): string =>
    own.has(aggregate) ? `./${names.get(partKey('aggregate', aggregate))}` : '../generated/contracts.ts'
  const path = (kind: 'aggregate' | 'saga' | 'projection', name: string): string =>
    `src/domain/${names.get(partKey(kind, name))}`
  return [
    ...view.aggregates.map((one) =>
      yours(path('aggregate', one.name), aggregateFile(one, view, types, { catalog, decideFile })),
    ),
    ...view.sagas.map((one) =>
      yours(path('saga', one.name), sagaFile(one, view.flow, types, { catalog, moduleOf })),
    ),
    ...view.projections.map((one) =>
      yours(path('projection', one.name), projectionFile(one, view, types, { catalog })),
    ),
  ]
}

function schemaDrafts({ events, foreignEvents }: ServiceView): readonly Draft[] {
  return [...events, ...foreignEvents].map(({ name, payload }) => ({
    path: `src/generated/schemas/${name}.json`,
    text: jsonFile({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...payload.schema }),
    owner: 'generated',
  }))
}

async function testDrafts(view: ServiceView, names: ReadonlyMap<string, string>): Promise<readonly Draft[]> {
  const definitions = await definitionsOf(view.flow)
  return view.aggregates.flatMap((aggregate) => {
    const definition = definitions.get(aggregate.name)
    const file = names.get(partKey('aggregate', aggregate.name)) ?? ''
    if (definition === undefined) return []
    const path = `test/${file.replace(/\.ts$/, '.test.ts')}`
    return [yours(path, aggregateTest(aggregate, view, definition, file))]
  })
}

function generated(path: string, text: string): Draft {
  return { path, text, owner: 'generated', language: 'ts' }
}

function yours(path: string, text: string): Draft {
  return { path, text, owner: 'yours', language: 'ts' }
}

/** The name under which a part is exported. */
export function exportedName(part: string): string {
  return identifier(part)
}
