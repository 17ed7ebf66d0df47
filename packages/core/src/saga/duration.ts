import { InvalidSaga } from './errors.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** A time in words: `'30s'`, `'15m'`, `'1.5h'`, `'3d'`, `'2w'`. */
export type Duration = `${number}${keyof typeof UNITS}`

/** The milliseconds of a duration. @throws InvalidSaga */
export function milliseconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(duration) ?? []
  if (amount === undefined || !isUnit(unit)) {
    throw new InvalidSaga(
      `"${duration}" is not a duration. Write a number and s, m, h, d or w: '30s', '15m', '3d'.`,
    )
  }
  return Math.round(Number(amount) * UNITS[unit])
}

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && Object.hasOwn(UNITS, text)
}
