import { Socket } from 'node:net'
import { type Client, type ClientBase, type ClientConfig, Pool, type PoolClient } from 'pg'
import { EndingClient } from './client.ts'
import type { Settings } from './options.ts'

/** Where connections come from: a pool of our own, or one of the user's. */
export interface Source {
  readonly pool: Pool
  /** True where a connection of it sends what is asked before the last answer is there. */
  readonly pipelines: boolean
  /** A connection beside those of the pool, until the signal. */
  listener(signal: AbortSignal): Promise<Client>
  /** Ends a pool of our own, at once where the server does not answer; one of the user's goes on. */
  end(): Promise<void>
}

/** A server that does not answer is not waited for when all is done. */
const GOODBYE = 2_000

/**
 * Our statements find by indexes whatever their values are; planned anew each time, an append takes twice as long. A
 * plan that is kept must not go through a whole table because that was small when it was made, nor collect all that
 * an index finds and sort it, of which a page needs the first. Where there is no other way, what that costs by these
 * settings would have the statement compiled first (before PostgreSQL 18).
 */
const PLAN_ONCE =
  'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off'

const ignore = (): void => {}

export function ownSource(connectionString: string, settings: Settings, lost: () => void): Source {
  const config = {
    connectionString,
    connectionTimeoutMillis: settings.connectTimeout,
    fallback_application_name: 'eventwright',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // What a unit asks for at once goes out at once.
    pipeline: true,
  }
  const pool = new Pool({
    ...config,
    Client: EndingClient,
    max: settings.max,
    idleTimeoutMillis: 30_000,
    // A store that nobody closed does not keep the process, as one in a file does not.
    allowExitOnIdle: true,
  })
  const open = new Set<PoolClient>()
  pool.on('connect', (client) => {
    open.add(client)
    // Cut between two statements, it would end the process; the next statement tells.
    client.on('error', ignore)
    if (settings.prepare) client.query(PLAN_ONCE).catch(ignore)
  })
  pool.on('remove', (client) => open.delete(client))
  pool.on('error', lost)
  return {
    pool,
    pipelines: true,
    listener: (signal) => listener(config, signal),
    async end() {
      const late = setTimeout(() => {
        for (const client of open) client.connection.stream.destroy()
      }, GOODBYE)
      await pool.end()
      clearTimeout(late)
    },
  }
}

async function listener(config: ClientConfig, signal: AbortSignal): Promise<Client> {
  signal.throwIfAborted()
  const client = new EndingClient(config)
  client.on('error', ignore)
  const end = (): unknown => client.connection.stream.destroy()
  signal.addEventListener('abort', end, { once: true })
  client.once('end', () => signal.removeEventListener('abort', end))
  await client.connect()
  const { stream } = client.connection
  if (stream instanceof Socket) stream.unref()
  return client
}

const guarded = new WeakSet<ClientBase>()

export function usersSource(pool: Pool, lost: () => void): Source {
  const guard = (client: ClientBase): void => {
    if (guarded.has(client)) return
    guarded.add(client)
    client.on('error', ignore)
  }
  pool.on('error', lost)
  pool.on('acquire', guard)
  return {
    pool,
    pipelines: false,
    // Not one of the pool's, which may have but one.
    listener: (signal) => listener(pool.options, signal),
    async end() {
      pool.off('error', lost)
      pool.off('acquire', guard)
    },
  }
}
