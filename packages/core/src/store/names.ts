import { checkText, InvalidPayload } from '../event/index.ts'
import type { LogQuery } from './event-store.ts'

/** What an index keeps together: PostgreSQL takes 2,704 bytes, its own part of each text and row included. */
const LONGEST = 2_600

/** @throws InvalidPayload */
export function checkStream(stream: string): void {
  checkText(stream, 'a stream name')
}

/** The default tenant is the empty text. @throws InvalidPayload */
export function checkTenant(tenant: string): void {
  if (tenant !== '') checkText(tenant, 'a tenant')
}

/**
 * Ids that join several names may be longer than a name: 2,600 bytes, together with what stands `beside` them in
 * their index. @throws InvalidPayload
 */
export function checkId(id: string, subject: string, ...beside: readonly string[]): void {
  const problem = idProblem(id, beside)
  if (problem !== undefined) throw new InvalidPayload(subject, '', problem, mendOf(problem), 'it')
}

/** Where a list of documents begins. @throws InvalidPayload */
export function checkRange(prefix: string, after: string): void {
  if (prefix !== '') checkId(prefix, 'the prefix of a list')
  if (after !== '') checkId(after, 'the beginning of a list')
}

/** What the log is asked for. @throws InvalidPayload */
export function checkLogQuery({ stream, id, correlationId, commandId, types = [] }: LogQuery): void {
  const asked = { stream, id, 'correlation id': correlationId, 'command id': commandId }
  for (const [what, text] of Object.entries(asked)) {
    if (text !== undefined && text !== '') checkId(text, `the ${what} of a query`)
  }
  for (const type of types) if (type !== '') checkId(type, 'a type of a query')
}

function idProblem(id: string, beside: readonly string[]): string | undefined {
  if (typeof id !== 'string') return 'is not a text'
  if (id === '') return 'is empty'
  if (id.includes('\0')) return 'holds the character U+0000'
  if (!id.isWellFormed()) return 'holds half a surrogate pair'
  if (isShort(id, beside)) return undefined
  const bytes = Buffer.byteLength(id)
  if (bytes > LONGEST) return `has ${bytes} bytes, more than 2,600`
  const together = beside.reduce((sum, text) => sum + Buffer.byteLength(text), bytes)
  if (together <= LONGEST) return undefined
  return `has ${bytes} bytes, and together with its tenant and the names beside it ${together}, more than 2,600`
}

/** Most are: no character of UTF-16 makes more than three bytes. */
function isShort(id: string, beside: readonly string[]): boolean {
  let units = id.length
  for (const text of beside) units += text.length
  return 3 * units <= LONGEST
}

function mendOf(problem: string): string {
  return problem.endsWith('2,600') ? 'Shorten it, or use a hash of it.' : 'Give another id.'
}
