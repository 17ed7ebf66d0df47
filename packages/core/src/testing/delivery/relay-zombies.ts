import assert from 'node:assert/strict'
import { type Message, MessageTooLarge } from '../../broker/index.ts'
import { deadLetters, quietOf, RELAY } from '../../delivery/index.ts'
import { FencedOut } from '../../store/index.ts'
import { append, listening, numbered, starting, unique } from './said.ts'
import { TOPIC } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** A relay that another one has taken over from changes nothing any more. */
export const relayZombies: DeliveryPromises = {
  async 'a zombie that lost its lease cannot move the checkpoint'(world) {
    await zombie(world, {}, /^(FencedOut|CheckpointMoved)$/)
  },

  async 'of two relays that hold one lease under one name, one moves the checkpoint'(world) {
    await zombie(world, { instance: 'twin' }, /^CheckpointMoved$/)
  },

  async 'a relay that was held back past its lease sends nothing that another one has sent'(world) {
    const sent: string[] = []
    const told = (who: string) => (messages: readonly Message[]) => {
      sent.push(...messages.map(({ id }) => `${who}: ${id}`))
    }
    const first = await world.open({ publish: told('first') })
    const second = await world.open({ publish: told('second') })
    await first.broker.ensureTopic(TOPIC)
    await append(first, ['a-1'])
    const gate = Promise.withResolvers<void>()
    const suspect = quietOf(first.store).alone(() => gate.promise, 0)
    first.freezeLeases()
    const held = await starting(first, { leaseTime: 100 })
    await eventually(async () => assert.ok((await held.health()).work?.leaseHeld))
    await starting(second, { leaseTime: 300 })
    await eventually(async () => assert.equal(await second.store.checkpoint(RELAY), 1))
    gate.resolve()
    await suspect
    await held.stop(60_000)
    // Where the other one was late, it may have had its lease again first.
    assert.ok(!sent.join().includes('second: a-1,first: a-1'), sent.join())
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
