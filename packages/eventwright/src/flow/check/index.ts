import { type Code, type Finding, finding, inOrder, suppress } from '../findings/index.ts'
import type { LoadedFlow } from '../parse/index.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { RULES } from './registry.ts'

export { type Coverage, type Covered, coverageOf } from './coverage.ts'
export { lifeOf, sendsOfSaga } from './life.ts'

/** What `check` found. */
export type Checked = {
  /** In the order of the files; suppressed ones are there with their reason, and do not count. */
  readonly findings: readonly Finding[]
  /** Absent where the flow could not be resolved. */
  readonly coverage?: Coverage
}

/** Where names are not found, the rules of design would only repeat that in other words. */
const UNRESOLVED: ReadonlySet<Code> = new Set<Code>([
  'duplicate-name',
  'event-of-two-services',
  'foreign-event',
  'missing-id',
  'unknown-command',
  'unknown-event',
  'unknown-state',
])

/** Runs every rule over a loaded flow and applies the suppressions. */
export function checkFlow(loaded: LoadedFlow): Checked {
  const { draft, sources } = loaded
  const files = [...sources.keys()]
  if (draft === undefined) return { findings: loaded.findings }
  const resolved = !loaded.findings.some((f) => UNRESOLVED.has(f.code))
  const designed = (resolved ? RULES : []).flatMap(({ code, find }) =>
    [...find(draft)].map(({ place, message, mend }) => finding(code, place, message, mend)),
  )
  const findings = inOrder(suppress([...loaded.findings, ...designed], sources), files)
  return { findings, coverage: coverageOf(draft) }
}
