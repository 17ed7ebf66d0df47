import { serial } from '../../serial.ts'
import type { Connections } from '../connections.ts'
import type { ErrorName } from '../protocol.ts'
import { commit, type Standing } from './committed.ts'
import type { Coordinator } from './coordinator.ts'
import type { OwnedPartitions } from './owned.ts'

export interface OffsetWriterSettings {
  /** Milliseconds in which acknowledgements are gathered. */
  readonly interval: number
  /** Milliseconds that one commit is tried. */
  readonly patience: () => number
  readonly standing: () => Standing
  readonly refused: (error: ErrorName) => void
  readonly failed: (error: unknown) => void
}

/** Commits how far a member has come: of each partition the lowest offset that is not acknowledged. */
export class OffsetWriter {
  /** Writes what there is to write. */
  readonly now: () => Promise<void>
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  readonly #owned: OwnedPartitions
  readonly #settings: OffsetWriterSettings
  #soon: NodeJS.Timeout | undefined
  #uncertain = false

  constructor(
    coordinator: Coordinator,
    connections: Connections,
    owned: OwnedPartitions,
    settings: OffsetWriterSettings,
  ) {
    this.#coordinator = coordinator
    this.#connections = connections
    this.#owned = owned
    this.#settings = settings
    this.now = serial(() => this.#write())
  }

  /** True where a commit may be on its way that nothing was heard of. */
  get uncertain(): boolean {
    return this.#uncertain
  }

  /** The group has begun a generation in which such a commit is refused. */
  settled(): void {
    this.#uncertain = false
  }

  soon(): void {
    this.#soon ??= setTimeout(() => this.now().catch(this.#settings.failed), this.#settings.interval)
  }

  stop(): void {
    clearTimeout(this.#soon)
  }

  async #write(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    const news = this.#owned.all.flatMap((owned) => {
      const { token, offset } = owned.reader.progress
      return offset > owned.written ? [{ owned, ...owned.source, token, offset }] : []
    })
    if (news.length === 0) return
    this.#uncertain = true
    const { patience, standing } = this.#settings
    const said = await commit(this.#coordinator, this.#connections, patience(), standing(), news)
    this.#uncertain = false
    for (const [at, { owned, offset }] of news.entries()) {
      if (said[at] === 'NONE') owned.written = offset
      else this.#settings.refused(said[at] ?? 'no answer')
    }
  }
}
