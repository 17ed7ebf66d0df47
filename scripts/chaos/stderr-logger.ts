import process from 'node:process'
import type { Logger } from '@eventwright/core'

/** Warnings and errors on stderr, a line each, as who says them. */
export function stderrLogger(name: string): Logger {
  const line = (level: string) => (fields: object, text: string) => {
    const told = JSON.stringify(fields, (_, value: unknown) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    )
    process.stderr.write(`${new Date().toISOString()} ${name} ${level} ${text} ${told}\n`)
  }
  return { debug() {}, info() {}, warn: line('warn'), error: line('error') }
}
