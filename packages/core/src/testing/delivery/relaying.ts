import assert from 'node:assert/strict'
import { outgoingMessage, RELAY } from '../../delivery/index.ts'
import { append, listening, numbered, starting, unique } from './said.ts'
import { TOPIC } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

/** What is in the log reaches the topics: all of it, in the order of each key. */
export const relaying: DeliveryPromises = {
  async 'what is mapped is published in order, and the checkpoint follows to the head'(world) {
    const process = await world.open()
    const ear = await listening(process)
    await append(process, ['a-1', 'b-1', 'a-2'])
    const component = await starting(process, { batch: 2 })
    await process.store.append('private', [{ type: 'Whispered', data: {} }])
    await append(process, ['a-3', 'b-2'])
    await idle(component)
    await eventually(() => assert.equal(ear.all.length, 5))
    assert.deepEqual(ear.ids('a'), ['a-1', 'a-2', 'a-3'])
    assert.deepEqual(ear.ids('b'), ['b-1', 'b-2'])
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
    assert.equal((await component.health()).lag, 0)
  },

  async 'messages of the outbox are published as they were asked for'(world) {
    const process = await world.open()
    const ear = await listening(process)
    const component = await starting(process, { route: (event) => [outgoingMessage(event) ?? []].flat() })
    await process.store.transaction(async (tx) => {
      await tx.outbox.add(TOPIC, { id: 'o-1', key: 'o', headers: { h: 'yes' }, value: 'hello' })
      await tx.outbox.add(TOPIC, { key: 'o', value: 'again' })
    })
    await idle(component)
    await eventually(() => assert.equal(ear.all.length, 2))
    assert.deepEqual(
      ear.all.map(({ value, headers }) => [value, headers.h]),
      [
        ['hello', 'yes'],
        ['again', undefined],
      ],
    )
    assert.equal(ear.ids('o')[0], 'o-1')
  },

  async 'a crash between publishing and the checkpoint gives duplicates, never a loss'(world) {
    let sends = 0
    const first: Process = await world.open({
      published: async () => {
        if (++sends === 2) await first.kill()
      },
    })
    const second = await world.open()
    const ear = await listening(second)
    await append(second, [...numbered('a', 1, 5), ...numbered('b', 1, 5)])
    await starting(first, { batch: 3, leaseTime: 100 })
    await eventually(() => assert.equal(sends, 2))
    const component = await starting(second, { batch: 3 })
    await append(second, ['a-6'])
    await idle(component)
    await eventually(() => assert.deepEqual(unique(ear.ids('a')), numbered('a', 1, 6)))
    await eventually(() => assert.deepEqual(unique(ear.ids('b')), numbered('b', 1, 5)))
    assert.ok(ear.all.length > 11)
  },

  async 'a key that fails waits in order while others go on, and the checkpoint waits with it'(world) {
    let failing = true
    const process = await world.open({
      publish(messages) {
        if (failing && messages.some(({ key }) => key === 'bad')) throw new Error('no leader')
      },
    })
    const ear = await listening(process)
    await append(process, ['good-1', 'bad-1', 'good-2', 'bad-2'])
    const component = await starting(process, { backoff: 1000 })
    await idle(component)
    await append(process, ['good-3', 'bad-3'])
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('good'), numbered('good', 1, 3)))
    assert.deepEqual(ear.ids('bad'), [])
    assert.equal(await process.store.checkpoint(RELAY), 1)
    assert.equal(await component.nextDue(), world.clock.now() + 750)
    assert.equal((await component.health()).error, 'no leader')
    failing = false
    await world.clock.advance(750)
    await eventually(() => assert.deepEqual(ear.ids('bad'), numbered('bad', 1, 3)))
    await idle(component)
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
    assert.deepEqual(ear.ids('good'), numbered('good', 1, 3))
  },

  async 'what waits when the relay dies is published by the next'(world) {
    const first = await world.open({
      publish(messages) {
        if (messages.some(({ key }) => key === 'bad')) throw new Error('no leader')
      },
    })
    const second = await world.open()
    const ear = await listening(second)
    await append(second, ['bad-1', 'good-1', 'bad-2'])
    const component = await starting(first, { leaseTime: 100 })
    await idle(component)
    await first.kill()
    const next = await starting(second)
    await idle(next)
    await eventually(() => assert.deepEqual(ear.ids('bad'), ['bad-1', 'bad-2']))
    assert.deepEqual(unique(ear.ids('good')), ['good-1'])
  },

  async 'sends are split by count and by bytes'(world) {
    const sends: [messages: number, bytes: number][] = []
    const process = await world.open({
      publish(messages) {
        sends.push([messages.length, messages.reduce((sum, { value }) => sum + value.length, 0)])
      },
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 20), 'x'.repeat(1000))
    const component = await starting(process, { batch: 8, maxBytes: 5000 })
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('a'), numbered('a', 1, 20)))
    assert.ok(sends.every(([messages, bytes]) => messages <= 8 && bytes <= 5000))
    assert.ok(sends.some(([messages]) => messages > 1))
  },
}
