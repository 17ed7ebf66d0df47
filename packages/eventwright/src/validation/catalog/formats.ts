import type { Ajv, Format } from 'ajv'
import addFormats from 'ajv-formats'

/** Texts that a format certainly takes, told by a cheap pattern; what does not match asks the format itself. */
const PLAIN: Readonly<Record<string, RegExp>> = {
  'date-time':
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/,
  uri: /^https?:\/\/[a-z0-9]+(?:[.-][a-z0-9]+)*(?:\/[A-Za-z0-9._~-]+)*\/?$/,
  'uri-reference': /^\/[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*$/,
}

/** Gives a validator the formats of JSON Schema, each with a short way for its common texts. */
export function addAllFormats(ajv: Ajv): void {
  addFormats.default(ajv)
  for (const [name, plain] of Object.entries(PLAIN)) {
    const format = ajv.formats[name]
    const full = format === undefined ? undefined : testOf(format)
    if (full === undefined) continue
    const validate = (text: string): boolean => plain.test(text) || full(text)
    const compare = typeof format === 'object' && 'compare' in format ? format.compare : undefined
    ajv.addFormat(name, { type: 'string', validate, ...(compare && { compare: compare as never }) })
  }
}

function testOf(format: Format): ((text: string) => boolean) | undefined {
  if (format instanceof RegExp) return (text) => format.test(text)
  if (typeof format === 'function') return (text) => format(text)
  if (typeof format !== 'object' || format.type === 'number' || format.async) return undefined
  const { validate } = format
  if (validate instanceof RegExp) return (text) => validate.test(text)
  if (typeof validate !== 'function') return undefined
  return (text) => validate(text as never) === true
}
