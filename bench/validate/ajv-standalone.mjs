// ajv's standalone code on one thread over NDJSON: read, split, parse, envelope, payload by type.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'

const [file, code, namespace] = process.argv.slice(2)
const validators = createRequire(import.meta.url)(code)
const byType = new Map(Object.entries(validators).map(([name, check]) => [`${namespace}.${name}.v1`, check]))
let rest = ''
let bad = 0
for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const event = JSON.parse(line)
    if (!validators.envelope(event) || !byType.get(event.type)?.(event.data)) bad++
  }
}
process.exitCode = bad === 0 ? 0 : 1
