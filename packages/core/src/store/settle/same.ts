import { canonical } from '../../event/index.ts'
import { EventIdReused } from '../errors.ts'
import type { StoredEvent } from '../stored.ts'
import type { PreparedEvent } from '../unit.ts'

/** An event that has its place, in the log or before it in the same unit. */
export type Placed = Pick<StoredEvent, 'stream' | 'version' | 'type' | 'data'>

/**
 * Whether these events are in the log already, as the same call made before: all of them, consecutive
 * and in order, in this stream, with the same type and canonical data. Metadata does not count.
 * @throws EventIdReused for any other meeting of ids
 */
export function meetIds<Known extends Placed>(
  stream: string,
  events: readonly PreparedEvent[],
  known: (id: string) => Known | undefined,
): readonly Known[] | undefined {
  const seen = new Set<string>()
  const met: Known[] = []
  let newOne: string | undefined
  let reused: string | undefined
  for (const event of events) {
    if (events.length > 1) {
      if (seen.has(event.id)) throw new EventIdReused(event.id, 'stands twice in one call')
      seen.add(event.id)
    }
    const before = event.fresh ? undefined : known(event.id)
    if (before === undefined) newOne ??= event.id
    else {
      reused ??= event.id
      met.push(before)
    }
  }
  if (reused === undefined) return undefined
  if (newOne !== undefined) {
    throw new EventIdReused(reused, `is in the log already, while "${newOne}" of the same call is not`)
  }
  refuseDifferent(stream, events, met)
  return met
}

function refuseDifferent(stream: string, events: readonly PreparedEvent[], met: readonly Placed[]): void {
  for (const [index, event] of events.entries()) {
    const before = met[index]
    const first = met[0]
    if (before === undefined || first === undefined) continue
    if (before.stream !== stream) throw new EventIdReused(event.id, `is in stream "${before.stream}" already`)
    if (before.version !== first.version + index) {
      throw new EventIdReused(event.id, 'is in the log already, in another order or with others between')
    }
    if (before.type !== event.type)
      throw new EventIdReused(event.id, `is in the log already, as ${before.type}`)
    if (!sameData(before.data, event.text.data)) {
      throw new EventIdReused(event.id, 'is in the log already, with other data')
    }
  }
}

/** The same JSON text is the same data; otherwise its canonical form decides (order of keys, 1.0 and 1). */
function sameData(before: string, now: string): boolean {
  return before === now || canonical(JSON.parse(before)) === canonical(JSON.parse(now))
}
