import { serial } from '../../serial.ts'
import type { ErrorName } from '../protocol.ts'
import type { Commits } from './commits.ts'
import type { OwnedPartitions } from './owned.ts'

export interface OffsetWriterSettings {
  /** Milliseconds in which acknowledgements are gathered. */
  readonly interval: number
  /** Milliseconds that one commit is tried. */
  readonly patience: () => number
  readonly refused: (error: ErrorName) => void
  readonly failed: (error: unknown) => void
}

/** Commits how far a member has come: of each partition the lowest offset that is not acknowledged. */
export class OffsetWriter {
  /** Writes what there is to write. */
  readonly now: () => Promise<void>
  readonly #commits: Commits
  readonly #owned: OwnedPartitions
  readonly #settings: OffsetWriterSettings
  #soon: NodeJS.Timeout | undefined
  #stopped = false

  constructor(commits: Commits, owned: OwnedPartitions, settings: OffsetWriterSettings) {
    this.#commits = commits
    this.#owned = owned
    this.#settings = settings
    this.now = serial(() => this.#write())
  }

  soon(): void {
    if (this.#stopped) return
    this.#soon ??= setTimeout(() => this.now().catch(this.#settings.failed), this.#settings.interval)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#soon)
  }

  async #write(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    const news = this.#owned.all.flatMap((owned) => {
      const { token, offset } = owned.reader.progress
      const { source, topicId, written } = owned
      return offset > written ? [{ owned, ...source, topicId, token, offset }] : []
    })
    if (news.length === 0) return
    const said = await this.#commits.write(news, this.#settings.patience())
    for (const [at, { owned, offset }] of news.entries()) {
      if (said[at] === 'NONE') owned.written = offset
      else this.#settings.refused(said[at] ?? 'no answer')
    }
  }
}
