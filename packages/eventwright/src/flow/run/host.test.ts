import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type App, eventwright, memory } from '@eventwright/core'
import { crash } from '@eventwright/core/testing'
import { type Host, type Lifecycle, openHost } from './host.ts'

interface Watched {
  readonly host: Host
  readonly apps: readonly Promise<App>[]
  /** Apps that were opened before the one before was gone. */
  readonly early: () => number
}

/** Apps on one store in memory, which are told apart by their order. */
async function watched(open: (number: number) => Promise<void> = async () => {}): Promise<Watched> {
  const store = memory()
  const apps: Promise<App>[] = []
  let isGone = true
  let early = 0
  const lifecycle: Lifecycle = {
    open() {
      if (!isGone) early++
      const before = open(apps.length + 1)
      const app = before.then(() => eventwright({ store, run: [], crashable: true, instance: 'same' }))
      apps.push(app)
      return app
    },
    async kill(app) {
      isGone = false
      await new Promise(setImmediate)
      await crash(await app)
      isGone = true
    },
  }
  return { host: await openHost(lifecycle), apps, early: () => early }
}

test('what a crash cut off is asked of the next app, which is opened when the one before is gone', async () => {
  const { host, apps, early } = await watched()
  const [first] = apps
  const asked: (App | undefined)[] = []
  const answer = host.use(async (app) => {
    asked.push(app)
    if (app === (await first)) await new Promise(() => {})
    return 'done'
  })
  await host.use(async () => {})
  host.crash()
  assert.equal(await answer, 'done')
  assert.deepEqual(asked, await Promise.all(apps))
  assert.equal(apps.length, 2)
  assert.equal(early(), 0)
  await host.stop()
})

test('after its end nothing is opened again', async () => {
  const { host, apps } = await watched()
  const stopped = host.stop()
  host.crash()
  await stopped
  host.crash()
  assert.equal(apps.length, 1)
  await assert.rejects(
    host.use((app) => app.idle()),
    { code: 'AppStopped' },
  )
})

test('why the next app cannot be opened is told to whoever asks', async () => {
  const { host } = await watched(async (number) => {
    if (number === 2) throw new Error('no room')
  })
  host.crash()
  await new Promise(setImmediate)
  await assert.rejects(
    host.use(async () => {}),
    /^Error: no room$/,
  )
  await assert.rejects(host.stop(), /^Error: no room$/)
})

test('that the first one cannot be opened is told at once', async () => {
  const opening = watched(async () => {
    throw new Error('no room')
  })
  await assert.rejects(opening, /^Error: no room$/)
})
