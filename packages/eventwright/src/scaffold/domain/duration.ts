const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** Milliseconds as the library writes a time: `'15m'`. */
export function durationText(milliseconds: number): string {
  const [unit = 's', size = 1000] =
    UNITS.find(([, whole]) => milliseconds > 0 && milliseconds % whole === 0) ?? []
  return `'${milliseconds / size}${unit}'`
}
