import type { PartitionReader } from '../reader/partition-reader.ts'
import { serial } from '../serial.ts'
import type { OffsetCommit } from '../storage.ts'

export interface MemberOffsetsSettings {
  readonly readers: () => Iterable<PartitionReader>
  /** Gives those that were refused: of partitions that are another member's. */
  readonly write: (offsets: readonly OffsetCommit[]) => Promise<readonly OffsetCommit[]>
  readonly refused: (readers: readonly PartitionReader[]) => void
  readonly failed: (error: unknown) => void
}

/** Acknowledgements that come within this time are committed together. */
const COMMIT_MILLISECONDS = 5
/** Heart-beats after an acknowledgement, or an error, that commit anew. */
const BEATS_IN_DOUBT = 2

/** Commits how far a member has come: of each partition the lowest offset that is not acknowledged. */
export class MemberOffsets {
  /** Writes what there is to write. */
  readonly now: () => Promise<void>
  readonly #settings: MemberOffsetsSettings
  readonly #committed = new Map<PartitionReader, number>()
  #soon: NodeJS.Timeout | undefined
  /**
   * Commits need not outlive a crash of the storage, so what was committed before one may be gone; where nothing more
   * comes to its partition, nobody would commit it again.
   */
  #inDoubt = 0

  constructor(settings: MemberOffsetsSettings) {
    this.#settings = settings
    this.now = serial(() => this.#write())
  }

  soon(): void {
    this.doubt()
    this.#soon ??= setTimeout(() => this.now().catch(this.#settings.failed), COMMIT_MILLISECONDS)
  }

  /** What was committed of late may be gone. */
  doubt(): void {
    this.#inDoubt = BEATS_IN_DOUBT
  }

  /** With each heart-beat. */
  async beat(): Promise<void> {
    if (this.#inDoubt > 0) {
      this.#inDoubt--
      this.#committed.clear()
    }
    await this.now()
  }

  forget(reader: PartitionReader): void {
    this.#committed.delete(reader)
  }

  stop(): void {
    clearTimeout(this.#soon)
  }

  async #write(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    const news = new Map<PartitionReader, OffsetCommit>()
    for (const reader of this.#settings.readers()) {
      const { progress } = reader
      if (progress.offset > (this.#committed.get(reader) ?? 0)) news.set(reader, progress)
    }
    if (news.size === 0) return
    const notTaken = await this.#settings.write([...news.values()])
    for (const [reader, commit] of news) {
      if (!notTaken.includes(commit)) this.#committed.set(reader, commit.offset)
    }
    const refused = [...news].flatMap(([reader, commit]) => (notTaken.includes(commit) ? [reader] : []))
    if (refused.length > 0) this.#settings.refused(refused)
  }
}
