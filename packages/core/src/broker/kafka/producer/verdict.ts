import type { ErrorName } from '../protocol.ts'

/** What becomes of a batch. */
export type Verdict = 'done' | 'again' | 'new identity' | 'too large' | 'hopeless'

const DONE = new Set<ErrorName>(['NONE', 'DUPLICATE_SEQUENCE_NUMBER'])
const LOST_IDENTITY = new Set<ErrorName>([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
])
const TOO_LARGE = new Set<ErrorName>(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const HOPELESS = new Set<ErrorName>([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_REQUIRED_ACKS',
  'POLICY_VIOLATION',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
])

export function verdictOn(error: ErrorName): Verdict {
  if (DONE.has(error)) return 'done'
  if (LOST_IDENTITY.has(error)) return 'new identity'
  if (TOO_LARGE.has(error)) return 'too large'
  return HOPELESS.has(error) ? 'hopeless' : 'again'
}
