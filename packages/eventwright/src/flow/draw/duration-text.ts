const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** Milliseconds as the flow file writes them: `15m`, `1h 30m`. */
export function durationText(milliseconds: number): string {
  let rest = milliseconds
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? [] : `${count}${unit}`
  })
  return [...parts, ...(rest > 0 || parts.length === 0 ? [`${rest}ms`] : [])].join(' ')
}
