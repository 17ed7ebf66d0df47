import { Session } from '../../group/session.ts'

/** After members came or went a group is likely to change again: then it is looked at more often, for a while. */
const RESTLESS = 3000
const RESTLESS_BEAT = 100

export interface HeartSettings {
  readonly interval: number
  readonly sessionTimeout: number
  readonly beat: () => Promise<void>
  /** It has not been heard for so long that its session is about to end. */
  readonly expired: () => void
}

/** When a member beats, and when it has not been heard for too long. */
export class Heart {
  readonly #settings: HeartSettings
  readonly #session: Session
  #changedAt = 0
  #next: NodeJS.Timeout | undefined
  #isBeating = false
  #stopped = false

  constructor(settings: HeartSettings) {
    this.#settings = settings
    this.#session = new Session(settings.sessionTimeout, settings.expired)
  }

  /** The group has changed, as a call said that began then. */
  changed(began: number): void {
    this.#changedAt = performance.now()
    this.heard(began)
    if (this.#next === undefined) this.#beatLater()
  }

  /** The coordinator has answered a call that began then. */
  heard(began: number): void {
    this.#session.shown(began)
  }

  /** Beats soon: something is to be made good, or to be found out. */
  soon(): void {
    if (!this.#isBeating) this.#beatIn(RESTLESS_BEAT)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#next)
    this.#session.end()
  }

  #beatLater(): void {
    const { interval, sessionTimeout } = this.#settings
    const calm = Math.min(interval, sessionTimeout / 3)
    const restless = performance.now() - this.#changedAt < RESTLESS
    this.#beatIn(restless ? Math.min(calm, RESTLESS_BEAT) : calm)
  }

  #beatIn(milliseconds: number): void {
    clearTimeout(this.#next)
    // Keeps the process alive: one that only listens must not end by itself.
    if (!this.#stopped) this.#next = setTimeout(() => void this.#beat(), milliseconds)
  }

  async #beat(): Promise<void> {
    this.#isBeating = true
    await this.#settings.beat()
    this.#isBeating = false
    this.#beatLater()
  }
}
