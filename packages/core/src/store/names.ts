import { checkText, InvalidPayload } from '../event/index.ts'

/** @throws InvalidPayload */
export function checkStream(stream: string): void {
  checkText(stream, 'a stream name')
}

/** The default tenant is the empty text. @throws InvalidPayload */
export function checkTenant(tenant: string): void {
  if (tenant !== '') checkText(tenant, 'a tenant')
}

/** Ids that join several names may be longer than a name. @throws InvalidPayload */
export function checkId(id: string, subject: string): void {
  const problem = idProblem(id)
  if (problem !== undefined) throw new InvalidPayload(subject, '', problem, 'Give another id.', 'it')
}

/** Where a list of documents begins. @throws InvalidPayload */
export function checkRange(prefix: string, after: string): void {
  if (prefix !== '') checkId(prefix, 'the prefix of a list')
  if (after !== '') checkId(after, 'the beginning of a list')
}

function idProblem(id: string): string | undefined {
  if (typeof id !== 'string') return 'is not a text'
  if (id === '') return 'is empty'
  if (id.includes('\0')) return 'holds the character U+0000'
  return id.isWellFormed() ? undefined : 'holds half a surrogate pair'
}
