import { type Gathered, gathered } from '../gathered.ts'
import type { OffsetCommit } from '../storage.ts'

/** Reads a partition, up to where its messages are acknowledged. */
interface Reader {
  readonly progress: OffsetCommit
}

export interface MemberOffsetsSettings<Own extends Reader> {
  readonly readers: () => Iterable<Own>
  /** Gives those that were refused: of partitions that are another member's. */
  readonly write: (offsets: readonly OffsetCommit[]) => Promise<readonly OffsetCommit[]>
  readonly refused: (readers: readonly Own[]) => void
  readonly failed: (error: unknown) => void
}

/** Milliseconds in which acknowledgements are gathered. */
const INTERVAL = 5
/** Heart-beats after an acknowledgement, or an error, that commit anew. */
const BEATS_IN_DOUBT = 2

/** Commits how far a member has come: of each partition the lowest offset that is not acknowledged. */
export class MemberOffsets<Own extends Reader> {
  readonly #settings: MemberOffsetsSettings<Own>
  readonly #committed = new Map<Own, number>()
  readonly #writing: Gathered
  /**
   * Commits need not outlive a crash of the storage, so what was committed before one may be gone; where nothing more
   * comes to its partition, nobody would commit it again.
   */
  #inDoubt = 0

  constructor(settings: MemberOffsetsSettings<Own>) {
    this.#settings = settings
    this.#writing = gathered(() => this.#write(), { interval: INTERVAL, failed: settings.failed })
  }

  /** Writes what there is to write. */
  now(): Promise<void> {
    return this.#writing.now()
  }

  soon(): void {
    this.doubt()
    this.#writing.soon()
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

  forget(reader: Own): void {
    this.#committed.delete(reader)
  }

  stop(): void {
    this.#writing.stop()
  }

  async #write(): Promise<void> {
    const news = new Map<Own, OffsetCommit>()
    for (const reader of this.#settings.readers()) {
      const { progress } = reader
      if (progress.offset > (this.#committed.get(reader) ?? 0)) news.set(reader, progress)
    }
    if (news.size === 0) return
    const notTaken = await this.#settings.write([...news.values()])
    const refused: Own[] = []
    for (const [reader, commit] of news) {
      if (notTaken.includes(commit)) refused.push(reader)
      else this.#committed.set(reader, commit.offset)
    }
    if (refused.length > 0) this.#settings.refused(refused)
  }
}
