import type { Flow, Scenario } from '../model/index.ts'
import type { Act, ScenarioResult } from '../run/index.ts'
import { durationText } from './duration-text.ts'
import { type Ids, idsOf } from './ids.ts'
import { inOrder } from './in-order.ts'
import { label } from './label.ts'
import type { Mark } from './moment.ts'
import { momentsOf, type Reading } from './moments.ts'
import type { Part } from './parts.ts'
import { sagaRuns } from './saga-run.ts'
import { segmentsOf } from './segments.ts'
import { beginsTogether } from './serial.ts'

/** What happened in a scenario: who sent what to whom, what came of it, and the time that passed. */
export function drawScenario(flow: Flow, { scenario: { name }, recording }: ScenarioResult): string {
  const scenario = flow.scenarios.find((one) => one.name === name)
  const reading: Reading = { flow, runs: sagaRuns(recording.log), sent: new Set() }
  const happened = segmentsOf(recording).flatMap((segment) => [
    ...opening(segment.act, scenario),
    ...inOrder(momentsOf(reading, segment)).flatMap((moment) => moment.marks),
  ])
  const marks = happened.length > 0 ? happened : [NOTHING]
  const ids = idsOf(flow)
  const parts = partsIn(marks, flow)
  const lines = [
    ...parts.map(
      (part) =>
        `${part.kind === 'actor' ? 'actor' : 'participant'} ${idOf(part, ids)} as ${label(part.name)}`,
    ),
    ...marks.map((mark) => markLine(mark, parts, ids)),
  ]
  return ['sequenceDiagram', ...lines.map((line) => `  ${line}`), ''].join('\n')
}

const NOTHING: Mark = { kind: 'note', text: 'nothing happens' }

function opening(act: Act | undefined, scenario: Scenario | undefined): readonly Mark[] {
  if (act === undefined) return []
  const { stimulus } = act
  if (stimulus.kind === 'after') return [{ kind: 'note', text: `${durationText(stimulus.ms)} pass` }]
  if (!scenario || !beginsTogether(scenario, stimulus)) return []
  return [{ kind: 'note', text: 'sent together, and drawn in the order of the file' }]
}

/** Each once, those from outside first, else as they appear; where nobody does anything, the services. */
function partsIn(marks: readonly Mark[], { services }: Flow): readonly Part[] {
  const found = new Map<string, Part>()
  for (const mark of marks) {
    const parts = mark.kind === 'note' ? [mark.over] : [mark.from, mark.to]
    for (const part of parts) if (part !== undefined) found.set(`${part.kind} ${part.name}`, part)
  }
  if (found.size === 0) return [...services.keys()].map((name) => ({ kind: 'service', name }))
  const all = [...found.values()]
  const isOutside = ({ kind }: Part): boolean => kind === 'actor'
  return [...all.filter(isOutside), ...all.filter((part) => !isOutside(part))]
}

const ARROWS = { command: '->>', event: '-->>', refused: '--x' } as const

function markLine(mark: Mark, parts: readonly Part[], ids: Ids): string {
  if (mark.kind !== 'note') {
    return `${idOf(mark.from, ids)}${ARROWS[mark.kind]}${idOf(mark.to, ids)}: ${label(mark.text)}`
  }
  const [first, last] = mark.over ? [mark.over, undefined] : [parts[0], parts.at(-1)]
  const ends = [first, last === first ? undefined : last].filter((part) => part !== undefined)
  return `Note over ${ends.map((part) => idOf(part, ids)).join(',')}: ${label(mark.text)}`
}

function idOf({ kind, name }: Part, ids: Ids): string {
  return ids[kind](name)
}
