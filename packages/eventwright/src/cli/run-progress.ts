import process from 'node:process'
import { progress } from './progress.ts'

/** Milliseconds between two lines where there is no terminal: a scenario that passes in that time tells by its result. */
const PAUSE = 10_000

/** On a terminal one line that says which scenario runs, and what is done to it; elsewhere a line every ten seconds. */
export function runProgress(): {
  begin(scenario: string): void
  disturb(perturbation: string): void
  clear(): void
} {
  const line = progress()
  let running = ''
  let next = Date.now() + PAUSE
  return {
    clear: line.clear,
    begin(scenario) {
      running = scenario
      line.show(running)
    },
    disturb(perturbation) {
      const text = `${running}: ${perturbation}`
      line.show(text)
      if (process.stderr.isTTY || Date.now() < next) return
      next = Date.now() + PAUSE
      process.stderr.write(`${text}\n`)
    },
  }
}
