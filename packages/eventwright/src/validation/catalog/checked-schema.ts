import type { Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import type { ReadDocument } from './read-document.ts'
import type { EventSchema } from './schema-set.ts'
import { schemaProblem } from './validators.ts'

type Path = readonly (string | number)[]

/** The schema in a list, if it is one by its draft; else nothing, and a finding where it is wrong. */
export function checkedSchema(
  schema: EventSchema,
  [document, path]: readonly [ReadDocument, Path],
  report: Report<Code>,
): readonly EventSchema[] {
  const problem = schemaProblem(valueAt(document.content, path), schema.draft)
  if (problem === undefined) return [schema]
  const steps = problem.pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const message = `The schema of ${schema.name} is no JSON Schema (draft ${schema.draft}): ${problem.pointer} ${problem.message}.`
  report(
    'catalog-broken',
    document.place([...path, ...steps]),
    message.replace(':  ', ': '),
    'Mend the schema.',
  )
  return []
}

/** What stands at a path of a document. */
export function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    return (value as { readonly [key: string | number]: unknown })[step]
  }, content)
}

/** A path as the fragment of a URI. */
export function fragmentOf(path: Path): string {
  return `#${path.map((step) => `/${encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}
