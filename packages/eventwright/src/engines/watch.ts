import { connect, type NetConnectOpts } from 'node:net'
import { EventwrightError } from '@eventwright/core'
import { isKafka, isPostgres } from './url.ts'

/** An engine has not been there for so long that nothing more is waited for. */
export class EngineGone extends EventwrightError {
  readonly code = 'EngineGone'

  constructor(url: string, since: Date, reason: string) {
    super(
      `${url} has not answered since ${timeOf(since)} (${reason}): see whether the server runs, and run this again`,
    )
  }
}

export interface WatchOptions {
  /** Told when an engine is gone, and when it is there again. */
  readonly say: (message: string) => void
  /** Milliseconds for which an engine that is gone is waited for; default 60,000. */
  readonly patience?: number
  /** Milliseconds between two looks; default 1,000. */
  readonly every?: number
}

/** Looks whether the servers of these URLs take connections; aborts with `EngineGone` where one does not for too long. */
export function watchEngines(
  urls: readonly string[],
  { say, patience = 60_000, every = 1_000 }: WatchOptions,
): Disposable & { readonly signal: AbortSignal } {
  const gone = new AbortController()
  const timers = [...new Set(urls)]
    .filter((url) => isPostgres(url) || isKafka(url))
    .map((url) => {
      const look = looking(url, { say, patience, giveUp: (error) => gone.abort(error) })
      return setInterval(look, every).unref()
    })
  return {
    signal: gone.signal,
    [Symbol.dispose]() {
      gone.abort()
      for (const timer of timers) clearInterval(timer)
    },
  }
}

interface Looking extends Required<Pick<WatchOptions, 'say' | 'patience'>> {
  giveUp(error: EngineGone): void
}

/** Looks once whenever it is called, one after the other. */
function looking(url: string, { say, patience, giveUp }: Looking): () => Promise<void> {
  let since: Date | undefined
  let busy = false

  function missing(begun: Date, reason: string): void {
    if (since === undefined) {
      since = begun
      const until = timeOf(new Date(begun.getTime() + patience))
      say(`${url} does not answer since ${timeOf(begun)} (${reason}): trying on, until ${until} at most`)
    } else if (Date.now() - since.getTime() >= patience) giveUp(new EngineGone(url, since, reason))
  }

  return async () => {
    if (busy) return
    busy = true
    const begun = new Date()
    const reason = await refusal(url)
    busy = false
    if (reason !== undefined) return missing(begun, reason)
    if (since !== undefined) say(`${url} answers again`)
    since = undefined
  }
}

/** Why no server of the URL takes a connection; `undefined` where one does. */
async function refusal(url: string): Promise<string | undefined> {
  const reasons = await Promise.all(addressesOf(url).map(knock))
  return reasons.includes(undefined) ? undefined : reasons[0]
}

/** A machine that is busy takes a while; one that is gone, or a port that nobody listens on, tells sooner. */
const LONGEST_KNOCK = 10_000

function knock(address: NetConnectOpts): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const socket = connect({ ...address, timeout: LONGEST_KNOCK })
  socket.once('connect', () => resolve(undefined))
  socket.once('timeout', () => resolve('no answer'))
  socket.once('error', ({ message }) => resolve(message))
  return promise.finally(() => socket.destroy())
}

/** Of URLs as engines have them. PostgreSQL may be reached by a socket in a folder. */
function addressesOf(url: string): readonly NetConnectOpts[] {
  if (isKafka(url)) {
    const hosts = /^kafka:\/\/([^?/]+)/.exec(url)?.[1]?.split(',') ?? []
    return hosts.map((host) => addressOf(new URL(`tcp://${host}`), 9092))
  }
  const parsed = new URL(url)
  const folder = parsed.searchParams.get('host')
  if (folder === null) return [addressOf(parsed, 5432)]
  return [{ path: `${folder}/.s.PGSQL.${parsed.searchParams.get('port') ?? 5432}` }]
}

function addressOf({ hostname, port }: URL, usual: number): NetConnectOpts {
  return { host: hostname.replace(/^\[(.+)\]$/, '$1'), port: port === '' ? usual : Number(port) }
}

function timeOf(date: Date): string {
  return date.toTimeString().slice(0, 8)
}
