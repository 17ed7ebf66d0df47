const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds of `90s`, `15m`, `2h`, `3d`, `1w`, or `undefined` if it is not a duration. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/.exec(text.trim())
  const unit = match?.[2] === undefined ? undefined : UNITS[match[2]]
  if (match === null || unit === undefined) return undefined
  const ms = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined
}
