import assert from 'node:assert/strict'
import { type Message, MessageTooLarge } from '../../broker/index.ts'
import {
  deadLetters,
  outgoingMessage,
  RELAY,
  type RelayOptions,
  type Route,
  redrive,
  relay,
} from '../../delivery/index.ts'
import type { RecordedEvent } from '../../event/index.ts'
import { FencedOut } from '../../store/index.ts'
import { TOPIC } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

/** Sends `{ key, value }` of each `Said` to the topic. */
const say: Route = ({ id, type, data }) => {
  if (type !== 'Said') return []
  const { key, value = 'x' } = data as { key: string; value?: string }
  return [{ topic: TOPIC, message: { id, key, headers: {}, value } }]
}

/** Appends `Said` events `KEY-NUMBER`, each to the stream of its key. */
async function append(process: Process, ids: readonly string[], value?: string): Promise<void> {
  for (const id of ids) {
    const key = id.slice(0, id.indexOf('-'))
    await process.store.append(`said-${key}`, [
      { id, type: 'Said', data: { key, ...(value ? { value } : {}) } },
    ])
  }
}

/** What was published, by key, in order; acknowledged at once. */
async function listening(process: Process): Promise<{ ids(key: string): string[]; all: Message[] }> {
  const all: Message[] = []
  await process.broker.ensureTopic(TOPIC)
  await process.broker.subscribe({ group: 'ear', topics: [TOPIC] }, async (messages, delivery) => {
    for (const message of messages) {
      all.push(message)
      delivery.ack(message)
    }
  })
  return { all, ids: (key) => all.filter((message) => message.key === key).map(({ id }) => id) }
}

function starting(process: Process, options: Partial<RelayOptions> = {}): ReturnType<Process['start']> {
  return process.start(relay(process.runtime, { route: say, ...options }))
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}

const numbered = (key: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${key}-${from + at}`)

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

  async 'a zombie that lost its lease cannot move the checkpoint'(world) {
    await zombie(world, {}, /^(FencedOut|CheckpointMoved)$/)
  },

  async 'of two relays that hold one lease under one name, one moves the checkpoint'(world) {
    await zombie(world, { instance: 'twin' }, /^CheckpointMoved$/)
  },

  async 'a zombie parks nothing that the next one has published'(world) {
    const gate = Promise.withResolvers<void>()
    const tooLarge = new MessageTooLarge(TOPIC, 'a-1', 2, 1)
    let sends = 0
    const first = await world.open({
      // The whole send fails at once; of the key alone, it is told only when the other one has taken over.
      async publish() {
        if (++sends > 1) await gate.promise
        throw tooLarge
      },
    })
    const second = await world.open()
    const ear = await listening(second)
    await append(first, ['a-1'])
    await starting(first, { leaseTime: 50 })
    await eventually(() => assert.equal(sends, 2))
    first.freezeLeases()
    await starting(second)
    await eventually(async () => assert.equal(await second.store.checkpoint(RELAY), 1))
    gate.resolve()
    await eventually(() => assert.ok(first.refused.length > 0))
    assert.ok(first.refused[0] instanceof FencedOut)
    assert.deepEqual(await deadLetters(second.store), [])
    await append(second, ['a-2'])
    await eventually(() => assert.deepEqual(unique(ear.ids('a')), numbered('a', 1, 2)))
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

  async 'a message that is too large is parked with its key while others go on'(world) {
    const process = await world.open()
    const ear = await listening(process)
    let factor = 3
    const blown: Route = (event) =>
      say(event).map(({ topic, message }) => ({
        topic,
        message: message.id === 'big-1' ? { ...message, value: message.value.repeat(factor) } : message,
      }))
    await append(process, ['big-1'], 'x'.repeat(600_000))
    await append(process, ['good-1', 'big-2', 'good-2'])
    const component = await starting(process, { route: blown })
    await idle(component)
    await append(process, ['big-3', 'good-3'])
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('good'), numbered('good', 1, 3)))
    assert.deepEqual(ear.ids('big'), [])
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
    const letters = await deadLetters(process.store, { consumer: RELAY })
    assert.deepEqual(
      letters.map(({ key, message, behind }) => [key, message.id, behind]),
      [
        ['big', 'big-1', false],
        ['big', 'big-2', true],
        ['big', 'big-3', true],
      ],
    )
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    assert.equal((await deadLetters(process.store)).length, 3)
    factor = 1
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    await append(process, ['big-4'])
    await eventually(() => assert.deepEqual(ear.ids('big'), numbered('big', 1, 4)))
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'a relay that dies after it parked parks nothing twice'(world) {
    const first = await world.open()
    const second = await world.open()
    await listening(second)
    const route: Route = () => {
      throw new Error('no such service')
    }
    await append(second, ['a-1'])
    first.killAfterCommit()
    await starting(first, { route, leaseTime: 100 })
    await eventually(async () => assert.equal((await deadLetters(second.store)).length, 1))
    const component = await starting(second, { route })
    await idle(component)
    assert.equal((await deadLetters(second.store)).length, 1)
  },

  async 'an event whose route throws is parked with its stream'(world) {
    const process = await world.open()
    const ear = await listening(process)
    let broken = true
    const route = (event: RecordedEvent): ReturnType<Route> => {
      if (broken && event.id === 'a-2') throw new Error('no such service')
      return say(event)
    }
    await append(process, ['a-1', 'a-2', 'b-1', 'a-3'])
    const component = await starting(process, { route })
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('b'), ['b-1']))
    assert.deepEqual(ear.ids('a'), ['a-1'])
    broken = false
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1', 'a-2', 'a-3']))
    assert.deepEqual(await deadLetters(process.store), [])
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

async function zombie(
  world: Parameters<DeliveryPromises[string]>[0],
  options: { readonly instance?: string },
  refusal: RegExp,
): Promise<void> {
  const gate = Promise.withResolvers<void>()
  let sending = false
  const first = await world.open({
    ...options,
    publish: async () => {
      sending = true
      await gate.promise
    },
  })
  const second = await world.open(options)
  const ear = await listening(second)
  await append(second, ['a-1'])
  await starting(first, { leaseTime: 300 })
  await eventually(() => assert.ok(sending))
  first.freezeLeases()
  const component = await starting(second)
  await eventually(async () => assert.equal(await second.store.checkpoint(RELAY), 1))
  await append(second, ['a-2', 'a-3'])
  await idle(component)
  assert.equal(await second.store.checkpoint(RELAY), 3)
  gate.resolve()
  await eventually(() => assert.ok(first.refused.some((error) => refusal.test((error as Error).name))))
  assert.equal(await second.store.checkpoint(RELAY), 3)
  await eventually(() => assert.deepEqual(unique(ear.ids('a')), ['a-1', 'a-2', 'a-3']))
}
