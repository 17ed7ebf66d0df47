import type { Ended, Happened, HappenedEvent, Judgement, ScenarioResult } from '../flow/index.ts'
import { summarise } from '../flow/index.ts'
import { ordealText } from './run-adversity.ts'
import { cell, paint } from './style.ts'

/** The command line that repeats a scenario under a perturbation. */
export type Repeat = (scenario: string, perturbation: string) => string

/** One scenario's verdict and time; for a failed one what differs, with the line of the flow file. */
export function scenarioText(result: ScenarioResult, repeat: Repeat): string {
  const { scenario, verdict, milliseconds, adversity } = result
  const mark = { passed: paint('green', '✓'), failed: paint('red', '✗'), open: paint('yellow', '?') }[verdict]
  const time = paint('dim', `${Math.round(milliseconds)} ms`)
  const head = `  ${mark} ${cell(scenario.name, 60)} ${time}`
  if (verdict === 'open')
    return `${head}\n      an open question: it has no \`then\`. What happened:\n${eventLines(result)}`
  if (verdict === 'passed') return `${head}${withstoodText(result)}`
  if (!adversity) return `${head}\n${failureText(result)}`
  const failures = adversity.failures.flatMap(({ perturbation, ended }) => [
    `      It passes as it is, and fails under ${paint('red', perturbation)}:`,
    failureText(ended),
    `      Repeat it: ${paint('bold', repeat(scenario.name, perturbation))}`,
  ])
  return [head, ...failures].join('\n')
}

function withstoodText(result: ScenarioResult): string {
  const ordeal = ordealText([result])
  return ordeal === '' ? '' : paint('dim', `, also under ${ordeal}`)
}

function eventLines({ happened }: ScenarioResult): string {
  return happened.events.map((event) => `        ${event.type} ${paint('dim', event.stream)}`).join('\n')
}

function failureText({ scenario, judgement, happened }: Ended): string {
  const faults = happened.faults.map(({ message, place = scenario.place }) => `      ${at(place)} ${message}`)
  // What a fault led to is no news: the scenario could not be played to its end.
  if (!judgement || faults.length > 0) return faults.join('\n')
  const differences = judgement.differences.map(({ place, message }) => `      ${at(place)} ${message}`)
  const table = judgement.events.fits ? [] : sideBySide(judgement, happened)
  const choice =
    scenario.outcomes.length > 1
      ? [`      none of the ${scenario.outcomes.length} outcomes fits; closest is:`]
      : []
  return [...choice, ...differences, ...table].join('\n')
}

function at({ file, line, column }: { file: string; line: number; column: number }): string {
  return paint('cyan', `${file}:${line}:${column}:`)
}

/** Expected and actual events in two columns; the first row in which they part is marked. */
function sideBySide({ outcome, events }: Judgement, happened: Happened): readonly string[] {
  const together = events.pairs.map(({ expected, actual }) => [expected.event, shown(actual)] as const)
  const expectedLeft = outcome.events
    .slice(events.pairs.length)
    .map(({ event, data }) => event + subset(data))
  const actualLeft = happened.events.filter((event) => events.unexpected.includes(event)).map(shown)
  const rest = Array.from(
    { length: Math.max(expectedLeft.length, actualLeft.length) },
    (_, row) => [expectedLeft[row] ?? '', actualLeft[row] ?? ''] as const,
  )
  const rows = [...together, ...rest]
  const width = Math.min(48, Math.max(8, ...rows.map(([expected]) => expected.length)))
  return [
    `        ${paint('dim', `${cell('expected', width)}   happened`)}`,
    ...rows.map(([expected, actual], row) => {
      const line = `${cell(expected, width)}   ${actual}`.trimEnd()
      if (row === together.length) return `      ${paint('red', `▸ ${line}`)}`
      return `        ${line}`
    }),
  ]
}

function shown(event: HappenedEvent): string {
  return `${event.type}${subset(event.data)}  ${paint('dim', event.stream)}`
}

function subset(data: object): string {
  return Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`
}

/** The read model after one scenario: each projection with its rows. */
export function readModelText({ scenario, happened }: ScenarioResult): string {
  const lines = [...happened.rows].flatMap(([projection, rows]) => [
    `  ${projection}`,
    ...[...rows].map(([key, row]) => `    ${paint('bold', key)}  ${fields(row)}`),
  ])
  return lines.length === 0
    ? ''
    : `${paint('bold', 'Read model')} after "${scenario.name}"\n${lines.join('\n')}`
}

function fields(row: object): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ')
}

/** What happened when, one line an event, one column a service. */
export function timelineText({ scenario, happened }: ScenarioResult): string {
  const [first] = happened.events
  if (!first) return ''
  const services = [...new Set(happened.events.map(({ service }) => service))]
  const width =
    Math.max(...services.map(({ length }) => length), ...happened.events.map(({ type }) => type.length)) + 2
  const header = services.map((service) => cell(service, width)).join('')
  const lines = happened.events.map((event) => {
    const column = services.indexOf(event.service)
    const indent = ' '.repeat(column * width)
    return `  ${elapsed(event.at - first.at)}  ${indent}${event.type}`
  })
  const title = `${paint('bold', 'Timeline')} of "${scenario.name}"`
  return `${title}\n  ${' '.repeat(8)}  ${paint('dim', header.trimEnd())}\n${lines.join('\n')}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

function elapsed(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds >= size)
  const text = unit
    ? `${Math.round((milliseconds / unit[1]) * 10) / 10} ${unit[0]}`
    : `${Math.round(milliseconds)} ms`
  return `+${text}`.padStart(8)
}

/** `12 passed, 0 failed, 0 open`. */
export function summaryText(results: readonly ScenarioResult[]): string {
  const { passed, failed, open } = summarise(results)
  return paint(failed > 0 ? 'red' : 'green', `${passed} passed, ${failed} failed, ${open} open`)
}
