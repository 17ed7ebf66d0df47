import { isUtf8 } from 'node:buffer'
import { notUtf8 } from './lines.ts'
import type { Reader, Sink } from './sink.ts'

/** YAML is read whole; its tree takes many times its bytes. */
const LARGEST = 20_000_000

/** Takes a whole YAML text. */
export type YamlSink = { yaml(text: string): Promise<boolean> }

/** Collects a YAML text, and hands it over at its end. */
export function createYamlReader(sink: Sink & YamlSink): Reader {
  const chunks: Buffer[] = []
  let size = 0
  return {
    push(chunk) {
      size += chunk.length
      chunks.push(Buffer.from(chunk))
      if (size <= LARGEST) return true
      chunks.length = 0
      const message = `The YAML is larger than ${LARGEST / 1_000_000} MB.`
      sink.fault({
        code: 'too-large',
        line: 1,
        column: 1,
        message,
        mend: 'Write many events as NDJSON, one a line.',
      })
      return false
    },
    end() {
      const bytes = Buffer.concat(chunks)
      if (isUtf8(bytes)) return sink.yaml(bytes.toString())
      const fault = notUtf8(bytes, 1, 1)
      const before = bytes.toString().slice(0, fault.column - 1)
      const lines = before.split('\n')
      return sink.fault({ ...fault, line: lines.length, column: (lines.at(-1) ?? '').length + 1, text: '' })
    },
    line: () => 1,
  }
}
