import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { tellAll } from '../../listeners.ts'
import type { Access } from './access.ts'
import { type Ear, openEar } from './ear.ts'
import type { Settings } from './options.ts'
import type { Source } from './source.ts'

export type Listener = (payload: string | undefined) => void

/** Who hears of which channel. A connection hears; while there is none, time does. */
export interface Listening {
  add(channel: string, listener: Listener): () => void
  end(): Promise<void>
}

const LONGEST_PAUSE = 5_000

export function listening(source: Source, settings: Settings, asking: Pick<Access, 'rows'>): Listening {
  const channels = new Map<string, Set<Listener>>()
  const ended = new AbortController()
  let ear: Ear | undefined
  let running: Promise<void> | undefined
  let poll: NodeJS.Timeout | undefined

  const tell = (channel: string, payload: string | undefined): void =>
    tellAll([...(channels.get(channel) ?? [])].map((listener) => () => listener(payload)))
  const gap = (): void => {
    for (const channel of channels.keys()) tell(channel, undefined)
  }
  const polling = (on: boolean): void => {
    clearInterval(poll)
    poll = on ? setInterval(gap, settings.pollEvery).unref() : undefined
  }

  /** One connection after the other, each until it is cut or falls silent. */
  async function run(): Promise<void> {
    for (let failures = 0; !ended.signal.aborted; failures++) {
      try {
        ear = await openEar(source, settings, {
          channels: channels.keys(),
          heard: tell,
          say: (channel, payload) => asking.rows('SELECT pg_notify($1, $2)', [channel, payload]),
          signal: ended.signal,
        })
        // Those that came while it opened.
        for (const channel of channels.keys()) await ear.listen(channel)
        polling(false)
        gap()
        failures = 0
        await ear.silence
      } catch {
        // Whoever reads or writes hears of what is wrong with the database.
      } finally {
        ear = undefined
      }
      if (ended.signal.aborted) return
      polling(true)
      await pause(Math.min(LONGEST_PAUSE, 100 * 2 ** failures) * (0.5 + Math.random() / 2), ended.signal)
    }
  }

  return {
    add(channel, listener) {
      // Called as whoever registered it, not as the one that happens to open the connection.
      const own: Listener = AsyncLocalStorage.bind((payload: string | undefined) => listener(payload))
      const listeners = channels.get(channel) ?? new Set()
      channels.set(channel, listeners.add(own))
      if (running === undefined) {
        polling(true)
        running = settings.listen ? run() : Promise.resolve()
      } else {
        ear?.listen(channel).then(
          () => tell(channel, undefined),
          () => {},
        )
      }
      return () => {
        listeners.delete(own)
      }
    },
    async end() {
      ended.abort()
      polling(false)
      channels.clear()
      await running
    },
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal, ref: false })
  } catch {
    // All is done.
  }
}
