import assert from 'node:assert/strict'
import type { AggregateDefinition, Command } from '../../aggregate/index.ts'
import { COMMAND_HANDLED, execute, reject } from '../../aggregate/index.ts'
import { answerStream, commandConsumer, commandMessage, deadLetters } from '../../delivery/index.ts'
import { catalog } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

const COMMANDS = 'shop.commands'

/** Stock of one thing: `reserve` takes it, `release` gives it back, `look` decides on nothing. */
const stock: AggregateDefinition = {
  kind: 'aggregate',
  name: 'stock',
  catalog,
  initial: () => ({ held: false }),
  commands: ['reserve', 'release', 'look', 'explode'],
  decide(state, { type }) {
    const { held } = state as { held: boolean }
    if (type === 'explode') throw new Error('not a refusal')
    if (type === 'look') return []
    if (type === 'reserve') return held ? reject('Held', 'somebody has it') : { type: 'Reserved', data: {} }
    return held ? { type: 'Released', data: {} } : []
  },
  evolve: (_, { type }) => ({ held: type === 'Reserved' }),
}

function command(type: string, commandId: string, more: Partial<Command> = {}): Command {
  return { type, aggregate: 'stock', id: 'tea', data: {}, commandId, ...more }
}

async function service(process: Process): ReturnType<Process['start']> {
  await process.broker.ensureTopic(COMMANDS)
  const retry = { attempts: 1 }
  return process.start(
    commandConsumer(process.runtime, { service: 'shop', topic: COMMANDS, aggregates: [stock], retry }),
  )
}

async function send(process: Process, ...commands: readonly Command[]): Promise<void> {
  await process.broker.publish(COMMANDS, commands.map(commandMessage))
}

async function answers(process: Process): Promise<readonly (readonly [string, string, string?])[]> {
  const { events } = await process.store.read(answerStream('stock', 'tea'))
  return events.map(({ data }) => {
    const { commandId, outcome, refusal } = data as { commandId: string; outcome: string; refusal?: string }
    return refusal === undefined ? [commandId, outcome] : [commandId, outcome, refusal]
  })
}

async function happened(process: Process): Promise<readonly string[]> {
  return (await process.store.read('stock-tea')).events.map(({ type }) => type)
}

/** Commands that come over a topic are decided once and answered. */
export const commands: DeliveryPromises = {
  async 'a command is decided once however often it comes, and answered after its events'(world) {
    const process = await world.open()
    const consumer = await service(process)
    const ids = { correlationId: 'talk', causationId: 'why', saga: 'saga:s-1' }
    await send(process, command('reserve', 'c-1', ids), command('reserve', 'c-1', ids))
    await idle(consumer)
    await send(process, command('reserve', 'c-2'), command('look', 'c-3'), command('reserve', 'c-1', ids))
    await idle(consumer)
    assert.deepEqual(await happened(process), ['Reserved'])
    assert.deepEqual(await answers(process), [
      ['c-1', 'events'],
      ['c-2', 'refused', 'Held'],
      ['c-3', 'nothing'],
    ])
    const { events } = await process.store.readAll()
    assert.deepEqual(
      events.slice(0, 2).map(({ type }) => type),
      ['Reserved', COMMAND_HANDLED],
    )
    const own = { correlationId: 'talk', causationId: 'c-1', commandId: 'c-1', saga: 'saga:s-1' }
    for (const event of events.slice(0, 2)) assert.deepEqual(event.metadata, own)
  },

  async 'a refused command that comes again after the state changed stays refused'(world) {
    const process = await world.open()
    const consumer = await service(process)
    await send(process, command('reserve', 'c-1'), command('reserve', 'c-2'), command('release', 'c-3'))
    await send(process, command('reserve', 'c-2'))
    await idle(consumer)
    assert.deepEqual(await happened(process), ['Reserved', 'Released'])
  },

  async 'a forward command that comes after its compensation does nothing'(world) {
    const process = await world.open()
    const consumer = await service(process)
    await send(process, command('release', 'undo', { compensates: 'do' }), command('reserve', 'do'))
    await idle(consumer)
    assert.deepEqual(await happened(process), [])
    assert.deepEqual(await answers(process), [['undo', 'nothing']])
  },

  async 'a consumer killed after the commit decides the command no second time'(world) {
    const first = await world.open()
    await service(first)
    first.killAfterCommit()
    await send(first, command('reserve', 'c-1'))
    const second = await world.open()
    const consumer = await service(second)
    await send(second, command('release', 'c-2'))
    await eventually(async () => assert.equal((await answers(second)).length, 2))
    await idle(consumer)
    assert.deepEqual(await happened(second), ['Reserved', 'Released'])
  },

  async 'bad commands are parked at once with their aggregate, and others go on'(world) {
    const process = await world.open()
    const consumer = await service(process)
    await execute(process.store, stock, command('reserve', 'taken'))
    const other = { id: 'coffee' }
    await process.broker.publish(COMMANDS, [
      { id: 'm-1', key: 'junk', headers: {}, value: '{}' },
      { ...commandMessage(command('reserve', 'x')), key: 'wrong', value: '{"type":' },
      commandMessage(command('look', 'taken')),
      commandMessage(command('reserve', 'y', { id: 'unknown', aggregate: 'tea' })),
      commandMessage(command('dance', 'z', { id: 'dancer' })),
      commandMessage(command('explode', 'e', { id: 'bomb' })),
      commandMessage(command('reserve', 'c-9', other)),
    ])
    await idle(consumer)
    const letters = await deadLetters(process.store)
    assert.deepEqual(letters.map(({ key }) => key).sort(), [
      'bomb',
      'dancer',
      'junk',
      'tea',
      'unknown',
      'wrong',
    ])
    assert.match(letters.find(({ key }) => key === 'tea')?.reason.message ?? '', /taken/)
    assert.equal((await process.store.read('stock-coffee')).version, 1)
  },

  async 'a command of a tenant is decided in that tenant'(world) {
    const process = await world.open()
    const consumer = await service(process)
    await send(process, command('reserve', 'c-1', { tenant: 'x' }), command('reserve', 'c-1'))
    await idle(consumer)
    assert.equal((await process.store.read('stock-tea', { tenant: 'x' })).version, 1)
    assert.equal((await process.store.read('stock-tea')).version, 1)
  },
}
