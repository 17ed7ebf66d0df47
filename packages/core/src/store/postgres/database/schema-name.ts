import { InvalidOption } from '../../errors.ts'

export const DEFAULT_SCHEMA = 'eventwright'

/** The name as SQL has it. @throws InvalidOption where PostgreSQL would cut or refuse it */
export function quotedSchema(name: string): string {
  const bytes = Buffer.byteLength(name)
  if (name === '' || bytes > 63 || name.includes('\0') || !name.isWellFormed() || /^pg_/i.test(name)) {
    throw new InvalidOption('the schema', name, 'a name of at most 63 bytes that does not begin with pg_')
  }
  return `"${name.replaceAll('"', '""')}"`
}
