import type { Figure, Reading } from '../event/index.ts'

/** The text format 0.0.4 of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Readings as Prometheus scrapes them; a figure without a reading is left out. */
export function prometheusText(readings: readonly Reading[]): string {
  const families = Map.groupBy(readings, ({ figure }) => figure)
  return [...families].map(([figure, members]) => family(figure, members)).join('')
}

function family(figure: Figure, readings: readonly Reading[]): string {
  const name = nameOf(figure)
  const samples = readings.map(({ labels, value }) => `${name}${labelText(labels)} ${numberText(value)}\n`)
  return `# HELP ${name} ${escapeHelp(figure.help)}\n# TYPE ${name} ${figure.kind}\n${samples.join('')}`
}

/** Units and `_total` stand in the name. */
function nameOf({ name, unit, kind }: Figure): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`
}

function labelText(labels: Reading['labels']): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}

function escapeLabel(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
