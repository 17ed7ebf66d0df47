import process from 'node:process'
import type { Progress } from '../validation/index.ts'
import { progress } from './progress.ts'

/** On a terminal one line, ten times a second; elsewhere a line every ten seconds, so that nobody thinks it hangs. */
export function validateProgress(quiet: boolean): { show(progress: Progress): void; clear(): void } {
  if (quiet) return { show() {}, clear() {} }
  const line = progress()
  const pause = process.stderr.isTTY ? 100 : 10_000
  let next = Date.now() + pause
  return {
    clear: line.clear,
    show({ file, bytes, events, bad }) {
      if (Date.now() < next) return
      next = Date.now() + pause
      const text = `${file}: ${(bytes / 1e6).toFixed(0)} MB, ${events.toLocaleString('en')} events, ${bad.toLocaleString('en')} bad`
      if (process.stderr.isTTY) line.show(text)
      else process.stderr.write(`${text}\n`)
    },
  }
}
