const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** A span as it is read, as exact as it was measured: `13 ms`, `2.125 s`, `15m 0.045s`, `2d 3h`. */
export function spanText(milliseconds: number): string {
  const span = Math.round(milliseconds)
  if (Math.abs(span) < 1_000) return `${span} ms`
  if (Math.abs(span) < 60_000) return `${span / 1_000} s`
  let rest = Math.abs(span)
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? [] : `${count}${unit}`
  })
  return `${span < 0 ? '-' : ''}${[...parts, ...(rest === 0 ? [] : [`${rest / 1_000}s`])].join(' ')}`
}
