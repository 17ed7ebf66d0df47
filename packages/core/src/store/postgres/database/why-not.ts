import { reasonOf, sqlState } from './faults.ts'

/** The server takes no connections yet. */
export const STARTING = '57P03'

/** What `pg` finds amiss itself, after the server answered. */
const OF_PG: readonly (readonly [begins: string, why: string])[] = [
  [
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be',
    'it does not let this user in: it wants a password and none was given; put one into the URL, PGPASSWORD or ~/.pgpass',
  ],
  [
    'The server does not support SSL connections',
    'it has no TLS, which was asked for: take sslmode out of the URL (and PGSSLMODE out of the environment), or turn ssl on there',
  ],
]

const TRUST =
  'put sslrootcert=FILE with the certificate of who signed it into the URL, and as the host the name that it was made out to; sslmode=no-verify takes any, a forged one too'

/** Node tells what is wrong with a certificate by OpenSSL's words for it. */
function isOfCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /CERT|SIGNATURE|INVALID_CA/.test(String(error.code))
}

/** Why a database cannot be opened, and how to mend it. */
export function whyNot(error: unknown): string {
  const reason = reasonOf(error)
  switch (sqlState(error)) {
    case '28P01':
    case '28000':
      return `it does not let this user in (${reason}): check user and password in the URL, and pg_hba.conf`
    case '3D000':
      return `${reason}: CREATE DATABASE it, or give the name of one that is there`
    case '42501':
      return `${reason}: GRANT CONNECT ON DATABASE to this role`
    case '53300':
      return `it takes no more connections (${reason}): use fewer processes, a smaller \`max\`, or raise max_connections`
    case STARTING:
      return `it does not come up (${reason}): see the log of the server`
    case undefined: {
      const known = OF_PG.find(([begins]) => reason.startsWith(begins))?.[1]
      if (known !== undefined) return known
      if (isOfCertificate(error)) return `its certificate is not trusted (${reason}): ${TRUST}`
      return `it does not answer (${reason}): check host and port, and whether the server runs`
    }
    default:
      return reason
  }
}
