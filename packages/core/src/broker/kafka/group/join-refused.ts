import { InvalidOption } from '../../../store/index.ts'
import { BrokerUnreachable } from '../../errors.ts'
import type { Cluster } from '../cluster.ts'
import { type ErrorName, Refused } from '../protocol.ts'

const SESSION =
  "what lies between the broker's group.min.session.timeout.ms (6000 by default) and group.max.session.timeout.ms"

const MENDS: { readonly [reason: ErrorName]: string } = {
  INCONSISTENT_GROUP_PROTOCOL: 'members of another kind are in it: give this consumer a group of its own',
  GROUP_ID_NOT_FOUND: 'members of another kind are in it: give this consumer a group of its own',
  UNRELEASED_INSTANCE_ID: 'another process runs under this instanceId: give each instance its own',
  FENCED_INSTANCE_ID: 'another process runs under this instanceId: give each instance its own',
  GROUP_AUTHORIZATION_FAILED: 'allow this user to read it',
  TOPIC_AUTHORIZATION_FAILED: 'allow this user to read its topics',
  GROUP_MAX_SIZE_REACHED: "it has as many members as the broker's group.max.size says",
  UNSUPPORTED_VERSION: "groupProtocol 'consumer' needs Kafka 4.0 or newer",
}

/** What kept a member from joining, told by the option that mends it where there is one. */
export function joinRefused(
  error: unknown,
  cluster: Cluster,
  { group, sessionTimeout }: { readonly group: string; readonly sessionTimeout: number },
): unknown {
  if (!(error instanceof Refused)) return error
  if (error.reason === 'INVALID_SESSION_TIMEOUT')
    return new InvalidOption('sessionTimeout', sessionTimeout, SESSION)
  const why = MENDS[error.reason] ?? error.message
  const text = `does not let this member into group "${cluster.shown(group)}" (${error.reason}): ${why}`
  return new BrokerUnreachable(cluster.url, text, { cause: error })
}
