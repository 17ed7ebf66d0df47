import assert from 'node:assert/strict'
import { RELAY } from '../../delivery/index.ts'
import { append, listening, numbered, say, starting } from './said.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** The log is read further than it is published. */
export const relayingAhead: DeliveryPromises = {
  async 'the checkpoint stands before what is under way, while what comes after it is read'(world) {
    const answer = Promise.withResolvers<void>()
    const process = await world.open({
      publish: (messages) => (messages.some(({ id }) => id === 'a-3') ? answer.promise : undefined),
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 7))
    const { events } = await process.store.readAll()
    const routed: string[] = []
    const component = await starting(process, {
      batch: 2,
      route(event) {
        routed.push(event.id)
        return say(event)
      },
    })
    try {
      await eventually(() => assert.deepEqual(routed, numbered('a', 1, 6)))
      const stands = async (): Promise<void> =>
        assert.equal(await process.store.checkpoint(RELAY), events[1]?.position)
      await eventually(stands)
      await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1', 'a-2']))
      await stands()
    } finally {
      answer.resolve()
    }
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('a'), numbered('a', 1, 7)))
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
  },
}
