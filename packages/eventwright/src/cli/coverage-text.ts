import type { Coverage, Covered } from '../flow/index.ts'

/** What the scenarios touch, as a figure and a list of what they leave out. */
export function coverageText({ percent, transitions, refusals, compensations, timeouts }: Coverage): string {
  const parts: readonly (readonly [string, Covered])[] = [
    ['transitions', transitions],
    ['refusals', refusals],
    ['compensations', compensations],
    ['time-outs', timeouts],
  ]
  const figures = parts.map(([name, { touched, total }]) => `${name} ${touched}/${total}`).join(', ')
  const missing = parts.flatMap(([name, covered]) => covered.missing.map((one) => `  ${name}: ${one}\n`))
  const list = missing.length === 0 ? '' : `No scenario touches:\n${missing.join('')}`
  return `Scenarios touch ${percent} %: ${figures}.\n${list}`
}
