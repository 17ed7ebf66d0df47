import { PartitionReader, type ReaderSettings } from '../../reader/partition-reader.ts'
import type { MemberSettings } from '../../subscribing.ts'
import type { Cluster } from '../cluster.ts'
import type { Fetcher } from '../reading/fetcher.ts'
import type { Claim, Claims } from './claims.ts'
import { keyOf, type OwnedPartitions } from './owned.ts'

export type ReadingSettings = Pick<MemberSettings, 'group' | 'batch' | 'maxInFlight' | 'handler' | 'logger'>

export interface ReadingEvents {
  readonly paused: () => boolean
  readonly acknowledged: () => void
  /** What this reader does counts no more: its partition must be won anew, as `claims` has been told. */
  readonly lost: (key: string, reader: PartitionReader) => void
}

/** Has the partitions that a member owns read, from where their claims say. */
export class Reading {
  readonly #cluster: Cluster
  readonly #owned: OwnedPartitions
  readonly #fetcher: Fetcher
  readonly #claims: Claims
  readonly #settings: ReadingSettings
  readonly #events: ReadingEvents

  constructor(
    cluster: Cluster,
    { owned, fetcher, claims }: { owned: OwnedPartitions; fetcher: Fetcher; claims: Claims },
    settings: ReadingSettings,
    events: ReadingEvents,
  ) {
    this.#cluster = cluster
    this.#owned = owned
    this.#fetcher = fetcher
    this.#claims = claims
    this.#settings = settings
    this.#events = events
  }

  start(claim: Claim): void {
    const { topic, partition, topicId, token, offset } = claim
    const key = keyOf(claim)
    const shown = { topic: this.#cluster.shown(topic), partition }
    const reader = new PartitionReader(shown, token, offset, this.#readerSettings(key))
    const feed = this.#fetcher.open(claim, offset, {
      came: (end) => reader.sawEnd(end),
      nothingBefore: (next) => reader.skipTo(next),
      lost: () => {
        this.#claims.beginAfresh(key)
        this.#events.lost(key, reader)
      },
    })
    this.#owned.add({ key, source: { topic, partition }, topicId, reader, feed, written: offset })
    reader.start()
  }

  #readerSettings(key: string): ReaderSettings {
    const { batch, maxInFlight, handler, group, logger } = this.#settings
    return {
      batch,
      maxInFlight,
      handler,
      read: async (_source, from, limit) => {
        const messages = this.#owned.get(key)?.feed.take(from, limit) ?? []
        this.#fetcher.pumpSoon()
        return messages
      },
      paused: this.#events.paused,
      acknowledged: this.#events.acknowledged,
      failed: (source, error) =>
        logger.warn({ group, ...source, err: error }, 'messages come again after an error'),
      outdated: (reader) => {
        this.#claims.above(key, reader.progress.highest ?? 0)
        this.#events.lost(key, reader)
      },
    }
  }
}
