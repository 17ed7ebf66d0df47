import assert from 'node:assert/strict'
import type { AggregateDefinition, Command } from '../../aggregate/index.ts'
import { execute } from '../../aggregate/index.ts'
import {
  answerStream,
  type Component,
  commandConsumer,
  commandMessage,
  countDeadLetters,
  deadLetters,
  dropDeadLetters,
  redrive,
} from '../../delivery/index.ts'
import { catalog } from './tales.ts'
import { type DeliveryPromises, idle, type Process } from './world.ts'

/** Decides each command by one event, but for `explode`, which never can be. */
const bell: AggregateDefinition = {
  kind: 'aggregate',
  name: 'bell',
  catalog,
  initial: () => 0,
  commands: ['ring', 'explode'],
  decide(_, { type }) {
    if (type === 'explode') throw new Error('a bug of this release')
    return { type: 'Rung', data: {} }
  },
  evolve: (rung) => Number(rung) + 1,
}

const ring = (commandId: string, type = 'ring', data: unknown = {}): Command => {
  return { type, aggregate: 'bell', id: 'tower', data, commandId }
}

async function ringing(process: Process): Promise<Component> {
  await process.broker.ensureTopic('bell.commands', { partitions: 1 })
  const settings = { service: 'bell', topic: 'bell.commands', aggregates: [bell], retry: { attempts: 1 } }
  return process.start(commandConsumer(process.runtime, settings))
}

const send = (process: Process, ...commands: readonly Command[]): Promise<void> =>
  process.broker.publish('bell.commands', commands.map(commandMessage))

async function answers(process: Process): Promise<readonly unknown[]> {
  const { events } = await process.store.read(answerStream('bell', 'tower'))
  return events.map(({ data }) => data)
}

/** Who sent a command that is dropped hears of it. */
export const droppingCommands: DeliveryPromises = {
  async 'a command that is dropped is refused: answered, and without effect when it comes again'(world) {
    const process = await world.open()
    const consumer = await ringing(process)
    await send(process, ring('c-1', 'explode'), ring('c-2'))
    await idle(consumer)
    assert.deepEqual(await answers(process), [])
    const [first] = await deadLetters(process.store)
    await dropDeadLetters(process.store, { id: first?.id ?? '' }, { why: 'a bug' })
    await redrive(process.store)
    await idle(consumer)
    await send(process, ring('c-1', 'explode'), ring('c-3'))
    await idle(consumer)
    assert.deepEqual(await countDeadLetters(process.store), { letters: 0, keys: 0 })
    assert.deepEqual(await answers(process), [
      {
        commandId: 'c-1',
        type: 'explode',
        aggregate: 'bell',
        id: 'tower',
        outcome: 'refused',
        refusal: 'Dropped',
        message: 'a bug',
      },
      { commandId: 'c-2', type: 'ring', aggregate: 'bell', id: 'tower', outcome: 'events' },
      { commandId: 'c-3', type: 'ring', aggregate: 'bell', id: 'tower', outcome: 'events' },
    ])
  },

  async 'a command under an id that another one has is dropped, keeps that outcome, and frees its key'(
    world,
  ) {
    const process = await world.open()
    const consumer = await ringing(process)
    await execute(process.store, bell, ring('taken'))
    await send(process, ring('taken', 'ring', { loud: true }), ring('c-2'))
    await idle(consumer)
    const [bad] = await deadLetters(process.store)
    assert.match(bad?.reason.message ?? '', /taken/)
    await redrive(process.store)
    await idle(consumer)
    assert.equal((await deadLetters(process.store)).length, 2, 'a redrive alone does not help')
    await dropDeadLetters(process.store, { id: bad?.id ?? '' })
    await redrive(process.store)
    await idle(consumer)
    assert.deepEqual(await deadLetters(process.store), [])
    assert.equal((await process.store.read('bell-tower')).version, 2)
    const again = await execute(process.store, bell, ring('taken'))
    assert.deepEqual([again.outcome, again.duplicate], ['events', true])
  },
}
