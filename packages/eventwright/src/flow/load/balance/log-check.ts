import type { EventStore, RecordedEvent } from '@eventwright/core'
import { hash32 } from '../random.ts'
import { type BalanceCheck, checked, count, newWrongs } from './check.ts'
import { walkLog } from './walk.ts'

/** Every stream without a gap, in the order of the log; no event id twice. */
export function logCheck(): {
  see(event: RecordedEvent): void
  checks(store: Pick<EventStore, 'readAll'>, tenant: string, to: number): Promise<readonly BalanceCheck[]>
} {
  const versions = new Map<string, number>()
  const gaps = newWrongs()
  const ids = newHashes()
  let last = 0

  return {
    see({ stream, version, position, id }) {
      const before = versions.get(stream) ?? 0
      if (version !== before + 1) gaps.add(`${stream} has version ${version} after ${before}`)
      if (position <= last) gaps.add(`position ${position} comes after ${last}`)
      versions.set(stream, version)
      last = position
      ids.add(id)
    },
    async checks(store, tenant, to) {
      const twice = newWrongs()
      const doubtful = ids.twice()
      if (doubtful.size > 0) {
        const seen = new Set<string>()
        await walkLog(store, {
          tenant,
          to,
          see({ id, stream, version }) {
            if (!doubtful.has(hash53(id))) return
            if (seen.has(id)) twice.add(`${id} stands also in ${stream} as version ${version}`)
            seen.add(id)
          },
        })
      }
      const [streams, events] = [versions.size, ids.size]
      return [
        checked(
          {
            check: 'log',
            of: 'streams',
            says: `${count(streams)} streams without a gap`,
            figures: { streams },
          },
          gaps,
        ),
        checked(
          { check: 'log', of: 'ids', says: `${count(events)} events, no id twice`, figures: { events } },
          twice,
        ),
      ]
    },
  }
}

/** Ids as numbers, eight bytes each: a set of the ids themselves would take ten times as much. */
function newHashes(): { add(id: string): void; twice(): ReadonlySet<number>; readonly size: number } {
  let hashes = new Float64Array(1024)
  let size = 0
  return {
    add(id) {
      if (size === hashes.length) {
        const larger = new Float64Array(2 * size)
        larger.set(hashes)
        hashes = larger
      }
      hashes[size++] = hash53(id)
    },
    twice() {
      const sorted = hashes.slice(0, size).sort()
      return new Set(sorted.filter((hash, at) => at > 0 && hash === sorted[at - 1]))
    },
    get size() {
      return size
    },
  }
}

function hash53(text: string): number {
  return (hash32(text) & 0x1fffff) * 2 ** 32 + hash32(`${text}~`)
}
