import { InvalidOption } from '../../../store/index.ts'
import { Refused } from '../protocol.ts'

/** What kept a member from joining, told by the option that mends it where there is one. */
export function joinRefused(error: unknown, sessionTimeout: number): unknown {
  if (!(error instanceof Refused) || error.reason !== 'INVALID_SESSION_TIMEOUT') return error
  const use =
    "what lies between the broker's group.min.session.timeout.ms (6000 by default) and group.max.session.timeout.ms"
  return new InvalidOption('sessionTimeout', sessionTimeout, use)
}
