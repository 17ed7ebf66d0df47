import assert from 'node:assert/strict'
import { CommandIdReused, execute, executeIn, UnknownCommand } from '../../aggregate/index.ts'
import { NewerEventVersion } from '../../catalog/index.ts'
import { InvalidPayload } from '../../event/index.ts'
import { account, accountCatalog } from './account.ts'
import type { AggregatePlace } from './place.ts'

const Account = account()
const { definition } = Account
const deposit = (amount: number) => Account.deposit('a', { amount })
const withdraw = (amount: number) => Account.withdraw('a', { amount })

/** What becomes of a command, and of the same command again. */
export const outcomes: { readonly [promise: string]: (place: AggregatePlace) => Promise<void> } = {
  'a command appends its events with their metadata, and tells version and events': async ({ open }) => {
    const store = await open()
    const saga = { saga: 'saga:transfer-1', correlationId: 'c-9' }
    const result = await execute(store, definition, { ...deposit(1000), ...saga }, { commandId: 'k' })
    const { events } = await store.read('account-a')
    assert.equal(result.outcome === 'events' && result.version, 2)
    assert.equal(result.duplicate, false)
    const metadata = { correlationId: 'c-9', causationId: 'k', commandId: 'k', saga: 'saga:transfer-1' }
    assert.deepEqual(
      events.map((event) => [event.type, event.version, event.data, event.metadata]),
      [1, 2].map((version) => ['Deposited', version, { amount: 500 }, metadata]),
    )
    assert.deepEqual(
      result.outcome === 'events' && result.events.map(({ id }) => id),
      events.map(({ id }) => id),
    )
  },

  'without ids of its own a command begins its conversation': async ({ open }) => {
    const store = await open()
    const { commandId } = await execute(store, definition, deposit(1))
    const [event] = (await store.read('account-a')).events
    assert.deepEqual(event?.metadata, { correlationId: commandId, causationId: commandId, commandId })
  },

  'the same command again, after a lost answer, gives its events and applies nothing': async ({ open }) => {
    const store = await open()
    const first = await execute(store, definition, deposit(1000), { commandId: 'k' })
    await execute(store, definition, deposit(7))
    const again = await execute(store, definition, deposit(1000), { commandId: 'k' })
    assert.deepEqual({ ...again, events: [] }, { ...first, events: [], duplicate: true })
    const ids = [first, again].map(
      (result) => result.outcome === 'events' && result.events.map(({ id }) => id),
    )
    assert.deepEqual(ids[1], ids[0])
    assert.equal((await store.read('account-a')).version, 3)
  },

  'the same command again is answered whatever its expect': async ({ open }) => {
    const store = await open()
    for (const duplicate of [false, true]) {
      const result = await execute(store, definition, deposit(1), { commandId: 'k', expect: 'none' })
      assert.equal(result.duplicate, duplicate)
    }
  },

  'a refused command redelivered after the state changed stays refused': async ({ open }) => {
    const store = await open()
    const refused = await execute(store, definition, withdraw(5), { commandId: 'k' })
    assert.equal(refused.outcome === 'refused' && refused.refusal, 'NotEnough')
    await execute(store, definition, deposit(10))
    const again = await execute(store, definition, withdraw(5), { commandId: 'k' })
    assert.deepEqual(again, { ...refused, duplicate: true })
    assert.equal(again.outcome === 'refused' && again.message, '0 left')
    assert.equal((await store.read('account-a')).version, 1)
  },

  'a command that decided on nothing stays at nothing': async ({ open }) => {
    const store = await open()
    const results = []
    for (let time = 0; time < 2; time++) {
      results.push(await execute(store, definition, deposit(0), { commandId: 'k' }))
      await execute(store, definition, deposit(1))
    }
    assert.deepEqual(
      results.map((result) => [
        result.outcome,
        result.duplicate,
        result.outcome === 'nothing' && result.version,
      ]),
      [
        ['nothing', false, 0],
        ['nothing', true, 0],
      ],
    )
  },

  'the same id for another command is refused, whatever the first one became': async ({ open }) => {
    const store = await open()
    await execute(store, definition, deposit(5), { commandId: 'done' })
    await execute(store, definition, withdraw(9), { commandId: 'refused' })
    for (const commandId of ['done', 'refused']) {
      for (const other of [deposit(6), withdraw(5)]) {
        await assert.rejects(execute(store, definition, other, { commandId }), CommandIdReused)
      }
    }
    assert.equal((await store.read('account-a')).version, 1)
  },

  'the order of keys does not make it another command': async ({ open }) => {
    const store = await open()
    const [one, two] = [
      { amount: 0, a: 1 },
      { a: 1, amount: 0 },
    ]
    await execute(store, definition, { ...deposit(0), data: one }, { commandId: 'm' })
    assert.equal(
      (await execute(store, definition, { ...deposit(0), data: two }, { commandId: 'm' })).duplicate,
      true,
    )
  },

  'the same id in another stream or for another tenant is another command': async ({ open }) => {
    const store = await open()
    const options = { commandId: 'k' }
    await execute(store, definition, deposit(1), options)
    const other = await execute(store, definition, Account.deposit('b', { amount: 2 }), options)
    const tenant = await execute(store, definition, { ...deposit(3), tenant: 'acme' }, options)
    assert.deepEqual([other.duplicate, tenant.duplicate], [false, false])
    assert.equal((await store.read('account-a', { tenant: 'acme' })).version, 1)
  },

  'an exception of decide is no outcome: the same command may succeed later': async ({ open }) => {
    const store = await open()
    await assert.rejects(execute(store, definition, withdraw(-1), { commandId: 'k' }), RangeError)
    const result = await execute(store, definition, deposit(1), { commandId: 'k' })
    assert.equal(result.outcome, 'events')
  },

  'an event that its schema refuses leaves no trace of the command': async ({ open }) => {
    const store = await open()
    const broken = { ...deposit(1), data: { amount: 'much' } }
    await assert.rejects(execute(store, definition, broken, { commandId: 'k' }), InvalidPayload)
    assert.equal((await execute(store, definition, deposit(1), { commandId: 'k' })).duplicate, false)
  },

  'a command that the aggregate does not take is refused before anything is read': async ({ open }) => {
    const store = await open()
    await assert.rejects(execute(store, definition, { ...deposit(1), type: 'shut' }), UnknownCommand)
    await assert.rejects(execute(store, definition, { ...deposit(1), aggregate: 'order' }), UnknownCommand)
    await assert.rejects(execute(store, definition, { ...deposit(1), data: { amount: 1n } }), InvalidPayload)
    await assert.rejects(execute(store, definition, Account.deposit('', { amount: 1 })), InvalidPayload)
  },

  'inside a unit of work a command commits with the rest of it, or not at all': async ({ open }) => {
    const store = await open()
    const work = (fail: boolean) =>
      store.transaction(async (tx) => {
        const first = await executeIn(tx, definition, { ...deposit(3), commandId: 'k' })
        const second = await executeIn(tx, definition, { ...withdraw(2), commandId: 'l' })
        tx.documents('notes').put('n', { versions: [first, second].map(({ outcome }) => outcome) })
        if (fail) throw new Error('no')
      })
    await assert.rejects(work(true), /no/)
    assert.equal((await store.read('account-a')).version, 0)
    assert.equal(await store.documents('notes').get('n'), undefined)
    await work(false)
    assert.equal((await store.read('account-a')).version, 2)
    assert.deepEqual(await store.documents('notes').get('n'), { versions: ['events', 'events'] })
  },

  'a stream with an event newer than the catalog is not decided on': async ({ open }) => {
    const newer = await open({ catalog: accountCatalog(2) })
    const New = account({ catalog: accountCatalog(2) })
    await execute(newer, New.definition, deposit(5))
    await newer.close()
    const store = await open()
    await assert.rejects(execute(store, definition, deposit(1)), NewerEventVersion)
  },

  'a stream with an event unknown to the catalog is not decided on': async ({ open }) => {
    const other = await open({ catalog: undefined })
    await other.append('account-a', [{ type: 'Frozen', data: {} }])
    await other.close()
    await assert.rejects(execute(await open(), definition, deposit(1)), NewerEventVersion)
  },
}
