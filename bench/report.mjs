/** @typedef {{ events: number, seconds: number, failed?: number, unhandled?: number, megabytes?: number, error?: string }} Measured */

/** Events a second. @param {Measured} measured */
export const rate = ({ events, seconds }) => events / seconds

/** The middle one of several rounds. @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}

/**
 * Sides that did the same in the same rounds. Each side is compared with those in `aims`, by the median of the rounds'
 * ratios; the aims are eventwright's.
 * @param {ReadonlyMap<string, readonly Measured[]>} rounds by side
 * @param {Readonly<Record<string, number>>} aims by the side that it is compared with; 0 where nothing is aimed at
 */
export function comparison(rounds, aims) {
  const bases = Object.keys(aims)
  const rows = [...rounds].map(([side, list]) => {
    const ratios = bases.map((base) => ratio(list, rounds.get(base) ?? []))
    return [
      side,
      median(list.map(rate)).toFixed(0),
      ...ratios.map((value) => value.toFixed(2)),
      failures(list),
      String(Math.max(...list.map(({ megabytes = 0 }) => megabytes))),
      side === 'eventwright' ? verdicts(bases, ratios, aims) : '',
    ]
  })
  return markdown(['side', 'events/s', ...bases.map((base) => `of ${base}`), 'failed', 'MB', ''], rows)
}

/** Of two sides where a round is missing, the last one stands for it. */
function ratio(list, base) {
  const ratios = list.map((measured, round) => rate(measured) / rate(base[round] ?? base.at(-1)))
  return median(ratios)
}

function verdicts(bases, ratios, aims) {
  return bases
    .map((base, at) => ({ base, aim: aims[base], ratio: ratios[at] }))
    .filter(({ aim }) => aim > 0)
    .map(({ base, aim, ratio }) => `aim ${ratio >= aim ? 'met' : 'missed'} (${aim} of ${base})`)
    .join('; ')
}

/** @param {readonly Measured[]} list */
function failures(list) {
  const failed = list.reduce((sum, { failed = 0, unhandled = 0 }) => sum + failed + unhandled, 0)
  if (failed === 0) return 'none'
  return `${failed} of ${list.reduce((sum, { events, failed = 0 }) => sum + events + failed, 0)}`
}
