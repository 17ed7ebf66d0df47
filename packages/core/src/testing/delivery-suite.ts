import { suite, test } from 'node:test'
import { breaking } from './delivery/breaking.ts'
import { commands } from './delivery/commands.ts'
import { consuming } from './delivery/consuming.ts'
import { dropping } from './delivery/dropping.ts'
import { droppingCommands } from './delivery/dropping-commands.ts'
import { foreign } from './delivery/foreign.ts'
import { moving } from './delivery/moving.ts'
import { parking } from './delivery/parking.ts'
import { relayParking } from './delivery/relay-parking.ts'
import { relayZombies } from './delivery/relay-zombies.ts'
import { relaying } from './delivery/relaying.ts'
import { relayingAhead } from './delivery/relaying-ahead.ts'
import { retrying } from './delivery/retrying.ts'
import { suspects } from './delivery/suspects.ts'
import { type DeliveryPlace, openWorld } from './delivery/world.ts'
import { zombies } from './delivery/zombies.ts'

export type { DeliveryPlace } from './delivery/world.ts'

/**
 * What delivery promises on a store and a broker, as tests of `node:test`. `makePlace` gives each test a
 * place of its own.
 */
export function deliverySuite(engine: string, makePlace: () => Promise<DeliveryPlace>): void {
  suite(`delivery on ${engine}`, { concurrency: 4 }, () => {
    for (const [name, promise] of Object.entries({
      ...consuming,
      ...foreign,
      ...retrying,
      ...parking,
      ...dropping,
      ...droppingCommands,
      ...relaying,
      ...relayingAhead,
      ...relayParking,
      ...relayZombies,
      ...commands,
      ...suspects,
      ...breaking,
      ...zombies,
      ...moving,
    })) {
      test(name, { timeout: 120_000 }, async () => {
        const place = await makePlace()
        const world = await openWorld(place)
        try {
          await promise(world)
        } finally {
          await world.close()
          await place.dispose()
        }
      })
    }
  })
}
