import { refuseRepeatedParameters, refuseUnknownParameters } from '../../url-parameters.ts'

const OURS = ['schema', 'prepare', 'listen', 'synchronousStandbys']

/** What `pg` reads of a URL. */
const OF_PG = [
  'user',
  'password',
  'host',
  'port',
  'database',
  'ssl',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'uselibpqcompat',
  'application_name',
  'fallback_application_name',
  'options',
  'client_encoding',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
]

/** What hosts put into their URLs for libpq, and `pg` has no need of. */
const OF_LIBPQ = [
  'channel_binding',
  'connect_timeout',
  'gssencmode',
  'hostaddr',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'krbsrvname',
  'load_balance_hosts',
  'passfile',
  'require_auth',
  'service',
  'sslcrl',
  'sslpassword',
  'sslsni',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'target_session_attrs',
  'tcp_user_timeout',
]

/** @throws InvalidOption for what nobody knows, and for what is given twice */
export function checkParameters(parameters: URLSearchParams): void {
  const names = [...parameters.keys()]
  refuseUnknownParameters(names, 'the URL of the database', OURS, [...OF_PG, ...OF_LIBPQ])
  refuseRepeatedParameters(names, 'the URL of the database')
}
