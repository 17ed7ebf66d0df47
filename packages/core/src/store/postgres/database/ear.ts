import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { Settings } from './options.ts'
import type { Source } from './source.ts'
import { answerOf } from './statement.ts'

/** A connection that hears. */
export interface Ear {
  listen(channel: string): Promise<void>
  /** Settles when the connection is cut, or does not hear what is said over another one. */
  readonly silence: Promise<void>
}

export interface Hearing {
  readonly channels: Iterable<string>
  heard(channel: string, payload: string): void
  /** NOTIFY, over another connection. */
  say(channel: string, payload: string): Promise<unknown>
  /** Ends it. */
  readonly signal: AbortSignal
}

const ALIVE = 'eventwright_alive'
const BETWEEN_PROOFS = 10_000
const PROOF_TIME = 5_000

/** Resolves once it has been shown to hear. @throws where no connection comes about, or it hears nothing */
export async function openEar(source: Source, settings: Settings, hearing: Hearing): Promise<Ear> {
  const client = await source.listener(hearing.signal)
  const { promise: cut, resolve } = Promise.withResolvers<void>()
  const isCut = (): void => resolve()
  client.on('end', isCut)
  const prove = prover(client, hearing)
  const listen = async (channel: string): Promise<void> => {
    await answerOf(client, `LISTEN ${client.escapeIdentifier(channel)}`, settings.answerTimeout)
  }
  let proofs: NodeJS.Timeout | undefined
  const silence = cut.finally(() => {
    clearInterval(proofs)
    client.connection.stream.destroy()
  })
  const hears = async (): Promise<boolean> => {
    for (const channel of [ALIVE, ...hearing.channels]) await listen(channel)
    return prove()
  }
  if (!(await Promise.race([hears().catch(() => false), cut.then(() => false)]))) {
    isCut()
    throw new Error('it hears nothing')
  }
  proofs = setInterval(() => {
    prove().then((heard) => heard || isCut(), isCut)
  }, BETWEEN_PROOFS).unref()
  return { listen, silence }
}

/** What is said over another connection arrives here: no pooler stands between, and the network still carries it. */
function prover(client: Client, { heard, say }: Hearing): () => Promise<boolean> {
  const token = randomUUID()
  let proven = (): void => {}
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel !== ALIVE) heard(channel, payload)
    else if (payload === token) proven()
  })
  return async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    proven = () => resolve(true)
    const timer = setTimeout(() => resolve(false), PROOF_TIME).unref()
    // A database that cannot be asked cannot be heard either.
    say(ALIVE, token).catch(() => resolve(false))
    const hears = await promise
    clearTimeout(timer)
    return hears
  }
}
