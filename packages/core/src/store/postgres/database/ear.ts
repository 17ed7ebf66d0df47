import { randomUUID } from 'node:crypto'
import type { ClientBase, Notification } from 'pg'
import type { Settings } from './options.ts'
import type { Source } from './source.ts'
import { answerOf } from './statement.ts'

/** A connection that hears. */
export interface Ear {
  listen(channel: string): Promise<void>
  /** Settles when the connection is cut, or does not hear what is said over another one (as behind a pooler). */
  readonly silence: Promise<void>
  close(): void
}

export interface Hearing {
  readonly channels: readonly string[]
  heard(channel: string, payload: string): void
}

const ALIVE = 'eventwright_alive'
const BETWEEN_PROOFS = 10_000
const PROOF_TIME = 5_000

/** Resolves once it has been shown to hear. @throws where no connection comes about, or it hears nothing */
export async function openEar(source: Source, settings: Settings, hearing: Hearing): Promise<Ear> {
  const { client, leave } = await source.listener()
  const { promise: cut, resolve: isCut } = Promise.withResolvers<void>()
  const token = randomUUID()
  let proven = (): void => {}
  client.on('notification', ({ channel, payload }: Notification) => {
    if (channel !== ALIVE) hearing.heard(channel, payload ?? '')
    else if (payload === token) proven()
  })
  client.on('error', () => isCut())
  client.on('end', () => isCut())

  const listen = async (channel: string): Promise<void> => {
    await answerOf(client, `LISTEN ${client.escapeIdentifier(channel)}`, settings.answerTimeout)
  }
  /** What is said over another connection arrives here: no pooler stands between, and the network still carries it. */
  const prove = async (): Promise<boolean> => {
    const heard = new Promise<boolean>((resolve) => {
      proven = () => resolve(true)
    })
    await source.pool.query('SELECT pg_notify($1, $2)', [ALIVE, token])
    return within(PROOF_TIME, heard)
  }
  const close = (): void => {
    clearInterval(proofs)
    isCut()
    leave()
  }
  let proofs: NodeJS.Timeout | undefined
  try {
    for (const channel of [ALIVE, ...hearing.channels]) await listen(channel)
    if (!(await Promise.race([prove(), cut.then(() => false)]))) throw new Error('it hears nothing')
  } catch (error) {
    close()
    throw error
  }
  proofs = setInterval(() => {
    // A database that cannot be asked cannot be heard either.
    prove().then((hears) => hears || isCut(), isCut)
  }, BETWEEN_PROOFS).unref()
  return { listen, close, silence: cut.finally(close) }
}

async function within(milliseconds: number, heard: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds).unref()
  })
  try {
    return await Promise.race([heard, late])
  } finally {
    clearTimeout(timer)
  }
}

export type HearingClient = Pick<ClientBase, 'query' | 'on' | 'escapeIdentifier'>
