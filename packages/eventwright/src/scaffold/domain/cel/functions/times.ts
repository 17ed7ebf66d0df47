import type { Written } from './written.ts'

export type TimesFunction = 'timeOf' | 'durationOf' | 'changed' | 'zoned' | 'dayOfYear'

/** Times and spans of time. */
export const times: Readonly<Record<TimesFunction, Written>> = {
  timeOf: {
    text: `/** Milliseconds since 1970 of an ISO 8601 text, in the years 1 to 9999. */
function timeOf(text: string): number {
  const time = text.length < 20 || text.length > 30 ? Number.NaN : Date.parse(text)
  if (!(time >= -62_135_596_800_000 && time <= 253_402_300_799_999)) throw new RangeError('the text is no time')
  return time
}`,
  },
  durationOf: {
    text: `/** Milliseconds of a text such as 1h30m, -1.5s or 300ms. */
function durationOf(text: string): number {
  const units = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const parts = [...text.replace(/^[-+]/, '').matchAll(/(\\d*\\.?\\d*)(ns|us|µs|ms|s|m|h)/gy)]
  const length = parts.reduce((sum, [part]) => sum + part.length, /^[-+]/.test(text) ? 1 : 0)
  if (parts.length === 0 || length !== text.length) throw new TypeError('the text is no duration')
  const time = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0)
  return text.startsWith('-') ? -time : time
}`,
  },
  changed: {
    text: `/** An older payload with what differs; of \`known\` fields only, where they are said. */
function changed(old: unknown, differing: object, known?: readonly string[]): object {
  const entries = Object.entries({ ...(typeof old === 'object' ? old : {}), ...differing })
  return Object.fromEntries(entries.filter(([name]) => known?.includes(name) ?? true))
}`,
  },
  zoned: {
    text: `/** The same wall clock in UTC as a time has in a time zone. */
function zoned(time: number, zone: string): Date {
  const shown = new Date(time).toLocaleString('en-US', { timeZone: zone })
  return new Date(\`\${shown} UTC\`)
}`,
  },
  dayOfYear: {
    text: `/** 0 on the first of January. */
function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start) / 86_400_000)
}`,
  },
}
