import { type Gathered, gathered } from '../../gathered.ts'
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
  readonly #commits: Commits
  readonly #owned: OwnedPartitions
  readonly #settings: OffsetWriterSettings
  readonly #writing: Gathered

  constructor(commits: Commits, owned: OwnedPartitions, settings: OffsetWriterSettings) {
    this.#commits = commits
    this.#owned = owned
    this.#settings = settings
    this.#writing = gathered(() => this.#write(), settings)
  }

  /** Writes what there is to write. */
  now(): Promise<void> {
    return this.#writing.now()
  }

  soon(): void {
    this.#writing.soon()
  }

  stop(): void {
    this.#writing.stop()
  }

  async #write(): Promise<void> {
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
