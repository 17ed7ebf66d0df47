import process from 'node:process'
import { progress } from './progress.ts'

/** On a terminal one line, ten times a second; elsewhere a line every ten seconds, so that nobody thinks it hangs. */
export function replayProgress(): { show(position: number, wanted: number): void; clear(): void } {
  const line = progress()
  const pause = process.stderr.isTTY ? 100 : 10_000
  let next = Date.now() + pause
  return {
    clear: line.clear,
    show(position, wanted) {
      if (Date.now() < next) return
      next = Date.now() + pause
      const text = `position ${position.toLocaleString('en')} of ${wanted.toLocaleString('en')}`
      if (process.stderr.isTTY) line.show(text)
      else process.stderr.write(`${text}\n`)
    },
  }
}
