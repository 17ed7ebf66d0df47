import { EventwrightError } from '../event/index.ts'
import type { Documents, EventStore } from '../store/index.ts'
import { part } from './lane.ts'

const EPOCHS = 'eventwright.epochs'

interface KnownEpochs {
  readonly topic: string
  readonly source: string
  readonly epochs: readonly string[]
  /** Set by an operator: the next other epoch is taken. */
  readonly acceptNext?: boolean
}

/** Where a message was recorded: the log, by its source on the wire, and the log's epoch. */
export interface Origin {
  readonly source: string
  readonly epoch: string
}

/** Messages come from a log that was restored since: what this consumer has done may not be what that log says. */
export class SourceEpochChanged extends EventwrightError {
  readonly code = 'EpochChanged'

  constructor(consumer: string, topic: string, origin: Origin) {
    super(
      `consumer "${consumer}" met epoch ${origin.epoch} of ${origin.source} on topic "${topic}", which it does not know: that log was restored. ` +
        'Compare what this consumer has done with it, then let it go on with acceptEpochs() or `eventwright epoch accept`.',
    )
  }
}

export interface Epochs {
  /** @throws SourceEpochChanged */
  check(topic: string, origin: Origin): Promise<void>
}

/** The epochs of the logs that a consumer hears: the first one met is known, another stops it. */
export function epochsOf(store: EventStore, consumer: string): Epochs {
  const checked = new Set<string>()
  return {
    async check(topic, origin) {
      const id = `${part(consumer)}/${part(topic)}/${part(origin.source)}`
      if (checked.has(`${id}/${origin.epoch}`)) return
      const known = await store.transaction(async (tx) => {
        const documents = tx.documents<KnownEpochs>(EPOCHS)
        const stored = await documents.get(id)
        if (stored?.epochs.includes(origin.epoch)) return true
        if (stored && !stored.acceptNext) return false
        if (stored) await takeNext(documents, consumer, origin)
        else documents.put(id, { topic, source: origin.source, epochs: [origin.epoch] })
        return true
      })
      if (!known) throw new SourceEpochChanged(consumer, topic, origin)
      checked.add(`${id}/${origin.epoch}`)
    },
  }
}

/** One epoch was accepted, for all topics of the log: none of them keeps the leave for another one later. */
async function takeNext(
  documents: Documents<KnownEpochs>,
  consumer: string,
  { source, epoch }: Origin,
): Promise<void> {
  for (const { id, value } of await documents.list({ prefix: `${part(consumer)}/` })) {
    if (value.source !== source || !value.acceptNext) continue
    documents.put(id, { topic: value.topic, source, epochs: [...new Set([...value.epochs, epoch])] })
  }
}

/**
 * Lets a consumer that stopped with `EpochChanged` take the next other epoch of each log it hears, once started
 * again. Gives the number of those logs.
 */
export async function acceptEpochs(store: EventStore, consumer: string): Promise<number> {
  return store.transaction(async (tx) => {
    const documents = tx.documents<KnownEpochs>(EPOCHS)
    const known = await documents.list({ prefix: `${part(consumer)}/` })
    for (const { id, value } of known) documents.put(id, { ...value, acceptNext: true })
    return new Set(known.map(({ value }) => value.source)).size
  })
}
