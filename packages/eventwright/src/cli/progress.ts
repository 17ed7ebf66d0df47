import process from 'node:process'

/** One line on a terminal that is overwritten; nothing elsewhere, where each result is a line of its own. */
export function progress(): { show(text: string): void; clear(): void } {
  if (!process.stderr.isTTY) return { show() {}, clear() {} }
  return {
    show: (text) =>
      process.stderr.write(`\r\u001b[2K  … ${text.slice(0, (process.stderr.columns ?? 80) - 6)}`),
    clear: () => process.stderr.write('\r\u001b[2K'),
  }
}
