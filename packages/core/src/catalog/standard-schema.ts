import type { StandardSchemaV1 } from '@standard-schema/spec'
import { escapePointer, InvalidPayload } from '../event/index.ts'
import { InvalidCatalog } from './errors.ts'
import type { PayloadCheck, PayloadChecks } from './payload-check.ts'

/** True for a schema of zod, valibot, arktype and whatever else follows Standard Schema. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  // Arktype's schemas are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return '~standard' in value
}

/**
 * The checks of a Standard Schema. Producers get the schema's output (defaults filled in) and may not
 * give what the schema drops; of what consumers get, the schema's output does not count, so that unknown
 * fields pass. A schema that is strict by itself (`z.strictObject`) refuses unknown fields there too.
 */
export function standardChecks(schema: StandardSchemaV1, place: string): PayloadChecks {
  const check = checkOf(schema, place)
  return {
    closed: (data, subject) => {
      const output = check(data, subject)
      const dropped = droppedKey(data, output, '')
      if (dropped === undefined) return output
      throw new InvalidPayload(
        subject,
        dropped,
        'is not in the schema',
        'Take it out, or add it to the schema.',
      )
    },
    open: (data, subject) => {
      check(data, subject)
      return data
    },
  }
}

function checkOf(schema: StandardSchemaV1, place: string): PayloadCheck {
  return (data, subject) => {
    const result = schema['~standard'].validate(data)
    if (result instanceof Promise) {
      result.catch(() => undefined)
      throw new InvalidCatalog(
        `${place} is an asynchronous schema. Payloads are checked at once: use no async parts.`,
      )
    }
    if (result.issues === undefined) return result.value
    const [issue] = result.issues
    throw new InvalidPayload(
      subject,
      pointerOf(issue?.path),
      `is refused: ${issue?.message ?? ''}`,
      'Mend the payload, or its schema.',
    )
  }
}

function pointerOf(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? [])
    .map((step) => `/${escapePointer(String(typeof step === 'object' ? step.key : step))}`)
    .join('')
}

function droppedKey(input: unknown, output: unknown, pointer: string): string | undefined {
  if (typeof input !== 'object' || input === null || typeof output !== 'object' || output === null)
    return undefined
  const kept = new Map(Object.entries(output))
  for (const [key, value] of Object.entries(input)) {
    const here = `${pointer}/${escapePointer(key)}`
    if (!kept.has(key) && value !== undefined) return here
    const deeper = droppedKey(value, kept.get(key), here)
    if (deeper !== undefined) return deeper
  }
  return undefined
}
