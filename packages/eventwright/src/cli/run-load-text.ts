import type { BalanceCheck, LoadProgress, LoadResult, Pace, StageFigures } from '../flow/index.ts'
import { cell, paint } from './style.ts'

/** One line of how it goes. */
export function progressText({ phase, elapsed, figures, memory, share = 0 }: LoadProgress): string {
  if (phase === 'supply') return 'making what the orders refer to'
  if (phase === 'balance') return `drawing the balance, ${Math.round(100 * share)} % of the log`
  const { sent, completed, compensated, open, stages } = figures
  const ended = completed + compensated
  const flow = stages.find(({ name }) => name === 'flow completed')
  return [
    phase === 'drain' ? 'draining' : `${(elapsed / 1000).toFixed(0)} s`,
    `${count(sent)} sent (${perSecond(sent, elapsed)})`,
    `${count(ended)} ended (${perSecond(ended, elapsed)})`,
    `${count(open)} open`,
    ...(flow ? [`flow p50 ${time(flow.p50)} p95 ${time(flow.p95)} p99 ${time(flow.p99)}`] : []),
    `${megabytes(memory)}`,
  ].join(', ')
}

/** What the load was: how fast, for how long, on what. */
export function paceText(pace: Pace): string {
  if (pace.kind === 'rate') return `${pace.perSecond} orders a second`
  return `as many orders as go, ${pace.inFlight} at once`
}

/** Throughput, the latencies of each stage, and what was refused. */
export function loadText({ figures, sending, took, drained, memory, balance }: LoadResult): string {
  const { sent, accepted, completed, compensated, open, waiting } = figures
  const ended = completed + compensated
  return [
    `${paint('bold', 'Throughput')}`,
    `  sent       ${count(sent).padStart(9)}  ${perSecond(sent, sending)}, ${count(accepted)} accepted`,
    ...(ended + open > 0
      ? [
          `  ended      ${count(ended).padStart(9)}  ${perSecond(ended, took)}, ${count(completed)} completed, ${count(compensated)} compensated`,
          `  open       ${count(open).padStart(9)}  ${count(waiting)} of them wait for an answer that does not come`,
        ]
      : []),
    ...(drained ? [] : ['  what was under way did not come to rest in the time of --drain']),
    `  memory     ${megabytes(memory).padStart(9)}  at most`,
    '',
    ...stageLines(figures.stages),
    ...refusalLines(figures.refusals),
    '',
    `${paint('bold', 'Balance')}`,
    ...balance.checks.flatMap(checkLines),
  ].join('\n')
}

function checkLines({ good, check, of, says, wrong, examples }: BalanceCheck): readonly string[] {
  const mark = good ? paint('green', '✓') : paint('red', '✗')
  const line = `  ${mark} ${cell(`${check} ${of}`.trimEnd(), 32)}  ${says}`
  if (good) return [line]
  const more = wrong > examples.length ? [`      and ${count(wrong - examples.length)} more`] : []
  return [line, ...examples.map((one) => `      ${paint('red', one)}`), ...more]
}

function stageLines(stages: readonly StageFigures[]): readonly string[] {
  const width = Math.max(7, ...stages.map(({ name }) => name.length))
  const row = (...cells: readonly string[]): string => cells.map((one) => one.padStart(9)).join('')
  return [
    `  ${paint('bold', cell('Latency', width))}${row('count', 'p50', 'p95', 'p99', 'max')}`,
    ...stages.map(
      ({ name, count: n, p50, p95, p99, max }) =>
        `  ${cell(name, width)}${row(count(n), time(p50), time(p95), time(p99), time(max))}`,
    ),
  ]
}

function refusalLines(refusals: Readonly<Record<string, number>>): readonly string[] {
  const all = Object.entries(refusals).sort(([, one], [, other]) => other - one)
  if (all.length === 0) return []
  return ['', paint('bold', 'Refused'), ...all.map(([name, n]) => `  ${count(n).padStart(9)}  ${name}`)]
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function perSecond(value: number, milliseconds: number): string {
  const rate = milliseconds > 0 ? (value * 1000) / milliseconds : 0
  return `${rate.toLocaleString('en', { maximumFractionDigits: rate < 10 ? 1 : 0 })}/s`
}

function time(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
