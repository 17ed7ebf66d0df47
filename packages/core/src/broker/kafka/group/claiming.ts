import type { TopicPartition } from '../../storage.ts'
import type { ErrorName } from '../protocol.ts'
import type { Claim, Claims } from './claims.ts'
import type { Commits } from './commits.ts'
import type { Membership } from './membership.ts'
import { keyOf, type OwnedPartition, type OwnedPartitions } from './owned.ts'
import type { Reading } from './reading.ts'

export interface ClaimingParts {
  readonly membership: Membership
  readonly commits: Commits
  readonly claims: Claims
  readonly owned: OwnedPartitions
  readonly reading: Reading
}

export interface ClaimingEvents {
  /** Milliseconds that one commit is tried. */
  readonly patience: number
  /** True where the member wants nothing more. */
  readonly isOver: () => boolean
  /** What was claimed is settled, but for those that are told by the next two. */
  readonly settled: () => void
  readonly owed: () => void
  readonly refused: (error: ErrorName) => void
  /** A commit of before may arrive yet: it counts no more only where the member is another one. */
  readonly uncertain: () => void
}

/** Makes what a member is to own its own: a claim that the group has taken comes before the first message. */
export class Claiming {
  readonly #parts: ClaimingParts
  readonly #events: ClaimingEvents
  #assigned: ReadonlyMap<string, TopicPartition> = new Map()

  constructor(parts: ClaimingParts, events: ClaimingEvents) {
    this.#parts = parts
    this.#events = events
  }

  /** It is to own these from now on. Gives what it owns and is to own no more. */
  assign(assigned: readonly TopicPartition[]): readonly OwnedPartition[] {
    this.#assigned = new Map(assigned.map((source) => [keyOf(source), source]))
    return this.#parts.owned.all.filter(({ key }) => !this.isAssigned(key))
  }

  isAssigned(key: string): boolean {
    return this.#assigned.has(key)
  }

  /** What it is to own and does not yet. */
  get missing(): readonly TopicPartition[] {
    return [...this.#assigned].flatMap(([key, source]) => (this.#parts.owned.has(key) ? [] : [source]))
  }

  async run(): Promise<void> {
    const { missing } = this
    if (this.#events.isOver() || missing.length === 0) return
    const { owned } = this.#parts
    owned.claim(missing)
    try {
      await this.#claimAll(missing)
    } finally {
      owned.claim([])
    }
  }

  async #claimAll(missing: readonly TopicPartition[]): Promise<void> {
    const { membership, commits, claims } = this.#parts
    const { generation } = membership.standing
    const claimed = await claims.of(missing)
    if (claimed.length === 0 || membership.standing.generation !== generation) return
    // It would put back the token that is claimed now.
    if (claimed.some((claim) => commits.mayArrive(claim))) return this.#events.uncertain()
    const said = await commits.write(claimed, this.#events.patience)
    this.#events.settled()
    for (const [at, claim] of claimed.entries()) {
      if (said[at] === 'NONE') this.#read(claim, generation)
      else {
        this.#events.owed()
        this.#events.refused(said[at] ?? 'no answer')
      }
    }
  }

  #read(claim: Claim, generation: number): void {
    const { membership, claims, owned, reading } = this.#parts
    const key = keyOf(claim)
    claims.made(claim)
    if (this.#events.isOver() || owned.has(key)) return
    // What has changed meanwhile may have made it another's: it is claimed once more, if it is still to be its own.
    if (membership.standing.generation !== generation || !this.isAssigned(key)) this.#events.owed()
    else reading.start(claim)
  }
}
