import { EventwrightError } from '@eventwright/core'

/** No broker answers, or one stopped answering. */
export class ClusterUnreachable extends EventwrightError {
  readonly code = 'ClusterUnreachable'
}

/** The brokers answer, and refuse: who is asking, or what is asked. */
export class ClusterRefused extends EventwrightError {
  readonly code = 'ClusterRefused'
}

/** Another cluster than the one that is meant. */
export class WrongCluster extends EventwrightError {
  readonly code = 'WrongCluster'
}

/** The settings of the connection cannot be read or are not complete. */
export class ClientSettingsError extends EventwrightError {
  readonly code = 'ClientSettingsError'
}
