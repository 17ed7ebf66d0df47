import { CannotOpenDatabase, StoreReadOnly } from '../../errors.ts'
import type { PostgresDatabase } from '../database.ts'
import { access } from './access.ts'
import { type Identity, identify } from './identity.ts'
import { listening } from './listening.ts'
import type { PostgresOptions, PostgresTarget, Settings } from './options.ts'
import { planOf } from './plan.ts'
import { type Look, type Return, returning } from './return.ts'
import { quotedSchema } from './schema-name.ts'
import { ownSource, type Source, usersSource } from './source.ts'

/** What all that open one URL or pool in this process have in common. */
interface Shared
  extends Pick<PostgresDatabase, 'rows' | 'atOnce' | 'write' | 'apart' | 'transaction' | 'listen'> {
  readonly back: Return
  readonly identity: Promise<Identity>
  end(): Promise<void>
}

interface Entry {
  readonly shared: Shared
  users: number
}

const entries = new Map<unknown, Entry>()
const resources = new Map<string, object>()

/**
 * Opens a database that may hold a store and a broker; nothing is made in it. All that open the same URL share one
 * pool and one connection that listens.
 * @throws CannotOpenDatabase InvalidOption
 */
export async function openPostgres(
  target: PostgresTarget,
  options: PostgresOptions = {},
): Promise<PostgresDatabase> {
  const { key, schema, base, url, settings, connectionString } = planOf(target, options)
  const quoted = quotedSchema(schema)
  const source = (lost: () => void): Source =>
    typeof target === 'string' ? ownSource(connectionString, settings, lost) : usersSource(target, lost)
  const entry = entries.get(key) ?? { shared: share(base, source, settings), users: 0 }
  entries.set(key, entry)
  entry.users++
  const looks: Look[] = []
  const onReturn = (look: Look): void => {
    looks.push(look)
    entry.shared.back.add(look)
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    entry.shared.back.remove(looks)
    closing ??= leave(key, entry)
    return closing
  }
  try {
    const { shared } = entry
    const { readOnly = false } = options
    const { name, onlyReads } = await shared.identity
    if (onlyReads && !readOnly) throw new CannotOpenDatabase(url, ONLY_READS)
    const identity = `${name} ${schema}`
    const resource = resources.get(identity) ?? {}
    resources.set(identity, resource)
    const { rows, atOnce, listen } = shared
    const { write, apart, transaction } = readOnly ? refusing(url) : shared
    return {
      url,
      schema: quoted,
      readOnly,
      resource,
      rows,
      atOnce,
      write,
      apart,
      transaction,
      listen,
      onReturn,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const ONLY_READS =
  'it can only be read: default_transaction_read_only is on; turn it off for this role, or give one that may write'

function refusing(url: string): Pick<PostgresDatabase, 'write' | 'apart' | 'transaction'> {
  const refuse = async (): Promise<never> => {
    throw new StoreReadOnly(url)
  }
  return { write: refuse, apart: refuse, transaction: refuse }
}

function share(url: string, make: (lost: () => void) => Source, settings: Settings): Shared {
  const back = returning(url, settings)
  const source = make(back.lost)
  const asking = access(url, source, settings, back)
  const ears = listening(source, settings, asking)
  return {
    ...asking,
    back,
    identity: identify(url, source),
    listen: (channel, listener) => ears.add(channel, listener),
    async end() {
      await ears.end()
      await source.end()
    },
  }
}

async function leave(key: unknown, entry: Entry): Promise<void> {
  entry.users--
  if (entry.users > 0) return
  entries.delete(key)
  await entry.shared.end()
}
