import assert from 'node:assert/strict'
import type { Clock, NewEvent } from '../../event/index.ts'
import type { EventStore, LogQuery, StoreOptions } from '../../store/index.ts'
import type { Promised } from './harness.ts'

const START = Date.UTC(2026, 0, 1)
function event(type: string, metadata: NewEvent['metadata'] = {}, id?: string): NewEvent {
  return { type, data: {}, metadata, ...(id === undefined ? {} : { id }) }
}

/** Eight events of two tenants; the clock jumps back once. */
async function filled(open: (options: StoreOptions) => Promise<EventStore>): Promise<EventStore> {
  let now = START
  const clock: Clock = { now: () => now, at: () => () => {} }
  const store = await open({ clock })
  const at = async (time: number, stream: string, given: NewEvent, tenant = '') => {
    now = START + time
    await store.append(stream, [given], { tenant })
  }
  await at(0, 'order-1', event('Placed', { correlationId: 'c-1', commandId: 'click-1' }))
  await at(10, 'order-2', event('Placed', {}, 'c-2'))
  await at(20, 'stock', event('Reserved', { correlationId: 'c-1', commandId: 'reserve-1' }))
  await at(30, 'stock', event('Reserved', { correlationId: 'c-2' }))
  await at(15, 'order-1', event('Confirmed', { correlationId: 'c-1' }))
  await at(40, 'order-1', event('Placed', { correlationId: 'c-1' }), 'other')
  await at(50, 'stock', event('Added'))
  await at(60, 'order-2', event('Confirmed', { correlationId: 'c-2' }))
  return store
}

const queries: readonly (readonly [LogQuery, readonly number[]])[] = [
  [{ stream: 'stock' }, [3, 4, 7]],
  [{ stream: 'order-1' }, [1, 5, 6]],
  [{ stream: 'order-1', tenant: '' }, [1, 5]],
  [{ stream: 'order-1', tenant: 'other' }, [6]],
  [{ stream: 'order-1', tenant: 'nobody' }, []],
  [{ stream: 'missing' }, []],
  [{ correlationId: 'c-1' }, [1, 3, 5, 6]],
  [{ correlationId: 'c-1', tenant: 'other' }, [6]],
  [{ correlationId: 'c-2' }, [2, 4, 8]],
  [{ correlationId: 'missing' }, []],
  [{ correlationId: 'c-1', stream: 'stock' }, [3]],
  [{ correlationId: 'c-1', types: ['Placed'] }, [1, 6]],
  [{ id: 'c-2' }, [2]],
  [{ id: 'c-2', tenant: 'other' }, []],
  [{ id: 'c-2', stream: 'stock' }, []],
  [{ commandId: 'reserve-1' }, [3]],
  [{ commandId: 'click-1', stream: 'stock' }, []],
  [{ since: START + 20 }, [3, 4, 6, 7, 8]],
  [{ until: START + 15 }, [1, 2, 5]],
  [{ since: START + 15, until: START + 20 }, [3, 5]],
  [{ since: START + 21, until: START + 29 }, []],
  [{ since: START + 30, types: ['Placed', 'Confirmed'] }, [6, 8]],
  [{ before: 3 }, [1, 2]],
  [{ after: 2, before: 5 }, [3, 4]],
  [{ before: 1 }, []],
  [{ before: -3 }, []],
  [{ after: 4, before: 2 }, []],
  [{ after: 3, stream: 'stock' }, [4, 7]],
  [{ after: 1, before: 6, correlationId: 'c-1' }, [3, 5]],
]

async function pagedUp(store: EventStore, query: LogQuery): Promise<readonly number[]> {
  const { events, examined } = await store.readAll({ ...query, limit: 1 })
  const rest = events.length === 0 ? [] : await pagedUp(store, { ...query, after: examined })
  return [...events.map(({ position }) => position), ...rest]
}

async function pagedDown(store: EventStore, query: LogQuery): Promise<readonly number[]> {
  const { events, examined } = await store.readAll({ ...query, limit: 1, direction: 'backward' })
  const rest = events.length === 0 ? [] : await pagedDown(store, { ...query, before: examined })
  return [...events.map(({ position }) => position), ...rest]
}

export function logQueryPromises(promise: Promised): void {
  promise(
    'the log is asked by stream, correlation, command, time and position, forward and backward',
    async ({ open }) => {
      const store = await filled(open)
      for (const [query, positions] of queries) {
        const said = JSON.stringify(query)
        const forward = await store.readAll(query)
        assert.deepEqual(
          forward.events.map(({ position }) => position),
          positions,
          said,
        )
        const backward = await store.readAll({ ...query, direction: 'backward' })
        assert.deepEqual(backward.events, forward.events.toReversed(), said)
        const last = await store.readAll({ ...query, direction: 'backward', limit: 2 })
        assert.deepEqual(last.events, backward.events.slice(0, 2), said)
      }
    },
  )

  promise('pages of any query leave nothing out, from either end', async ({ open }) => {
    const store = await filled(open)
    for (const [query, positions] of queries) {
      assert.deepEqual(await pagedUp(store, query), positions, JSON.stringify(query))
      assert.deepEqual(await pagedDown(store, query), positions.toReversed(), JSON.stringify(query))
    }
  })

  promise('a direction that is none is refused', async ({ store }) => {
    const wrong: { direction?: never } = JSON.parse('{ "direction": "sideways" }')
    await assert.rejects(store.readAll(wrong), { code: 'InvalidOption', message: /sideways/ })
  })
}
