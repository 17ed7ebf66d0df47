import { Client } from 'pg'
import { InvalidOption } from '../../errors.ts'
import { quotedSchema } from './schema-name.ts'
import { checkParameters } from './url-parameters.ts'

/** Where to connect, and what a URL said of it beside. */
export interface Target {
  /** What `pg` connects with. */
  readonly connectionString: string
  /** Without user, password and settings: for messages. */
  readonly url: string
  readonly schema: string | undefined
  readonly prepare: boolean | undefined
  readonly listen: boolean | undefined
  readonly synchronousStandbys: boolean | undefined
}

/** What a URL of ours says. @throws InvalidOption */
export function targetOf(url: string): Target {
  const parsed = parse(url)
  checkParameters(parsed.searchParams)
  const take = (name: string): string | undefined => {
    const value = parsed.searchParams.get(name) ?? undefined
    parsed.searchParams.delete(name)
    return value
  }
  sayVerifyFull(parsed.searchParams)
  const schema = take('schema')
  if (schema !== undefined) quotedSchema(schema)
  const prepare = yesOrNo('prepare', take('prepare'))
  const listen = yesOrNo('listen', take('listen'))
  const synchronousStandbys = yesOrNo('synchronousStandbys', take('synchronousStandbys'))
  return {
    connectionString: parsed.href,
    url: urlOfClient(parsed.href),
    schema,
    prepare,
    listen,
    synchronousStandbys,
  }
}

/** What `pg` connects to: settings that are left out come from PGHOST and its like. */
export function urlOfClient(connectionString: string): string {
  const { host, port, database } = new Client({ connectionString })
  return urlOf(host, port, database)
}

export function urlOf(host: string, port: number, database: string | undefined): string {
  const socket = host.startsWith('/')
  const name = encodeURIComponent(database ?? '')
  if (socket) return `postgres:///${name}?host=${host}&port=${port}`
  return `postgres://${host.includes(':') ? `[${host}]` : host}:${port}/${name}`
}

/** What cannot be read is not repeated in the message: it may hold a password. */
function parse(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol) && !isCutShort(parsed)) return parsed
  throw new InvalidOption(
    'the URL of the database',
    'not one of PostgreSQL',
    'postgres://USER:PASSWORD@HOST:PORT/DATABASE, with the signs of user and password encoded (encodeURIComponent)',
  )
}

/** A sign of the password ended what comes before the host: part of it stands for the host, and would be looked up. */
function isCutShort({ pathname, search, hash }: URL): boolean {
  return hash !== '' || pathname.includes('@') || (pathname === '' && search.includes('@'))
}

/**
 * `pg` 8 takes each of these for `verify-full`, and warns on twelve lines that `pg` 9 will check less. Said outright it
 * stays as strict, and there is nothing to warn of.
 */
const AS_VERIFY_FULL = ['prefer', 'require', 'verify-ca']

function sayVerifyFull(parameters: URLSearchParams): void {
  if (parameters.get('uselibpqcompat') === 'true') return
  if (AS_VERIFY_FULL.includes(parameters.get('sslmode') ?? '')) parameters.set('sslmode', 'verify-full')
}

function yesOrNo(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw new InvalidOption(`"${name}" in the URL of the database`, value, 'true or false')
}
