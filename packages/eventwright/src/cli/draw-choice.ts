import { suggestion } from '../findings/index.ts'
import type { Subject } from '../flow/index.ts'
import { UsageError } from './usage-error.ts'

export const KINDS = ['overview', 'aggregates', 'scenarios'] as const
export type Kind = (typeof KINDS)[number]

/** What of a flow is to be drawn: all of it where nothing is said. */
export interface Choice {
  readonly only?: readonly Kind[]
  readonly aggregate?: readonly string[]
  readonly scenario?: readonly string[]
}

/** The chosen subjects, in the flow's order. @throws UsageError for a name that the flow has not */
export function chosen(
  subjects: readonly Subject[],
  file: string,
  { only, aggregate, scenario }: Choice,
): readonly Subject[] {
  const names = { aggregate: new Set(aggregate), scenario: new Set(scenario), overview: new Set<string>() }
  for (const kind of ['aggregate', 'scenario'] as const) checkNames(subjects, file, kind, names[kind])
  if (!only && !aggregate && !scenario) return subjects
  const kinds = new Set<string>(only?.map((kind) => kind.replace(/s$/, '')))
  return subjects.filter(({ kind, name }) => kinds.has(kind) || names[kind].has(name))
}

function checkNames(
  subjects: readonly Subject[],
  file: string,
  kind: 'aggregate' | 'scenario',
  wanted: ReadonlySet<string>,
): void {
  const known = subjects.filter((subject) => subject.kind === kind).map(({ name }) => name)
  const unknown = [...wanted].find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new UsageError(`${file} has no ${kind} "${unknown}". ${suggestion(unknown, known)}`)
}
