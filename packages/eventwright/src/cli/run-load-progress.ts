import process from 'node:process'
import type { LoadProgress } from '../flow/index.ts'
import { progress } from './progress.ts'
import { progressText } from './run-load-text.ts'

const PAUSE = 5000

/** On a terminal one line that renews every second; elsewhere a line every five. */
export function loadProgress(): { show(progress: LoadProgress): void; clear(): void } {
  const line = progress()
  let next = Date.now() + PAUSE
  return {
    clear: line.clear,
    show(seen) {
      if (process.stderr.isTTY) return line.show(progressText(seen))
      if (Date.now() < next) return
      next = Date.now() + PAUSE
      process.stderr.write(`${progressText(seen)}\n`)
    },
  }
}
