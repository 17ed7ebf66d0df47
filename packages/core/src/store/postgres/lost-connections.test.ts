import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { type Wire, wire } from './fixtures/wire.ts'
import { openPostgres, type PostgresOptions, postgresStoreEngine } from './index.ts'

const skip = withoutPostgres()
const place = skip ? undefined : await testDatabase()
const direct = await openDirect()
after(async () => {
  await direct?.close()
  await place?.drop()
})

async function openDirect() {
  if (place === undefined) return undefined
  const database = await openPostgres(place.url)
  await database.write('CREATE TABLE kept (n int)')
  return database
}

const rowsKept = async () =>
  ((await direct?.rows<{ n: number }>('SELECT n FROM kept ORDER BY n')) ?? []).map(({ n }) => n)

beforeEach(async () => {
  await direct?.write('DELETE FROM kept')
})

const insert = 'INSERT INTO kept VALUES ($1)'

/** A database behind a wire, as it is opened and left. */
async function behindWire(
  work: (at: { database: Awaited<ReturnType<typeof openPostgres>>; line: Wire }) => Promise<void>,
  options: PostgresOptions = {},
): Promise<void> {
  const line = await wire(place?.url ?? '')
  const database = await openPostgres(line.url, options)
  try {
    await work({ database, line })
  } finally {
    await database.close()
    await line.end()
  }
}

test('a commit whose answer is lost has an unknown outcome, whether it came to the server or not', {
  skip,
}, async () => {
  await behindWire(async ({ database, line }) => {
    for (const [n, when, stands] of [
      [1, 'before', []],
      [2, 'after', [2]],
    ] as const) {
      line.cutAt('COMMIT\0', when)
      const lost = database.transaction(({ rows }) => rows(insert, [n]))
      await assert.rejects(lost, { code: 'UnknownOutcomeError' })
      assert.deepEqual(await rowsKept(), stands)
    }
  })
})

test('a connection that is cut before the commit wrote nothing, and says so', { skip }, async () => {
  await behindWire(async ({ database, line }) => {
    for (const when of ['before', 'after'] as const) {
      line.cutAt('INSERT', when)
      const lost = database.transaction(({ rows }) => rows(`${insert} -- ${when}`, [1]))
      await assert.rejects(lost, { code: 'ConnectionLost', message: /nothing of this call was written/ })
    }
    // Work that goes on as if nothing were: its COMMIT is never sent.
    line.cutAt('INSERT', 'after')
    const swallowed = database.transaction(({ rows }) => rows(`${insert} -- swallowed`, [1]).catch(() => {}))
    await assert.rejects(swallowed, { code: 'ConnectionLost' })
    assert.deepEqual(await rowsKept(), [])
  })
})

test('a write of one statement whose answer is lost has an unknown outcome', { skip }, async () => {
  await behindWire(async ({ database, line }) => {
    line.cutAt('INSERT', 'after')
    await assert.rejects(database.write(insert, [3]), { code: 'UnknownOutcomeError' })
    assert.deepEqual(await rowsKept(), [3])
  })
})

test('connections that are ended while they wait are noticed by nobody', { skip }, async () => {
  await behindWire(async ({ database, line }) => {
    const warm = () => Promise.all([1, 2, 3].map(() => database.rows('SELECT pg_sleep(0.01)')))
    await warm()
    await direct?.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'eventwright'`,
    )
    await warm()
    line.cut()
    await database.transaction(({ rows }) => rows(insert, [4]))
    assert.deepEqual(await rowsKept(), [4])
    line.cutAt('SELECT 5', 'after')
    assert.deepEqual(await database.rows('SELECT 5 AS n'), [{ n: 5 }])
  })
})

test('a server that stops answering is given up after a time, and taken up again', { skip }, async () => {
  const line = await wire(place?.url ?? '')
  const open = () => openPostgres(line.url, { answerTimeout: 300, connectTimeout: 300, patience: 0 })
  const database = await inTime(open)
  const lost = { code: 'ConnectionLost' }
  await inTime(() => database.rows('SELECT 1'))
  line.freeze()
  await assert.rejects(database.rows('SELECT 1'), lost)
  await assert.rejects(database.rows('SELECT 1'), lost)
  line.thaw()

  let frozen = 0
  const swallowed = async (): Promise<void> => {
    const ending = database.transaction(async ({ rows }) => {
      await rows(insert, [1])
      line.freeze()
      frozen++
      await rows('SELECT 1').catch(() => {})
      line.thaw()
    })
    await assert.rejects(ending, lost)
  }
  while (frozen === 0) await swallowed()
  assert.deepEqual(await rowsKept(), [])

  const frozenAtCommit = () =>
    database.transaction(async ({ rows }) => {
      await rows(insert, [1])
      line.freeze()
    })
  await assert.rejects(inTime(frozenAtCommit), { code: 'UnknownOutcomeError' })
  await database.close()
  line.thaw()
  await line.end()
})

/** A busy machine may need more time than this test wants to wait for one that does not answer. */
async function inTime<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!TOO_SLOW.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

const TOO_SLOW = new Set(['ConnectionLost', 'CannotOpenDatabase'])

test('who waits for a database that is gone is answered when it is back, or told after a time', {
  skip,
}, async () => {
  const line = await wire(place?.url ?? '')
  const database = await openPostgres(line.url, { patience: 3_600_000 })
  const hasty = await openPostgres(line.url, { patience: 0 })
  line.leave()
  await assert.rejects(hasty.rows('SELECT 1'), { code: 'ConnectionLost' })
  const waiting = Promise.all([
    database.rows('SELECT 1 AS n'),
    database.transaction(({ rows }) => rows(insert, [1])),
  ])
  while (line.turnedAway < 5) await new Promise(setImmediate)
  line.comeBack()
  assert.deepEqual((await waiting)[0], [{ n: 1 }])
  assert.deepEqual(await rowsKept(), [1])
  await Promise.all([database.close(), hasty.close()])
  await line.end()
})

test('appends that share a flush are told once that the database is gone, and go on when it is back', {
  skip,
}, async () => {
  const line = await wire(place?.url ?? '')
  const store = await postgresStoreEngine(line.url, { patience: 0, listen: false }).openStore()
  const append = (n: number) => store.append(`stream-${n}`, [{ type: 'Happened', data: {} }])
  await append(0)
  line.leave()
  // Over a connection that does not know yet that it is cut, the outcome is unknown.
  const codes = new Set(['ConnectionLost', 'UnknownOutcomeError'])
  for (const answer of await Promise.allSettled(Array.from({ length: 64 }, (_, n) => append(n)))) {
    assert.ok(answer.status === 'rejected' && codes.has(answer.reason.code), JSON.stringify(answer))
  }
  assert.ok(line.turnedAway < 10, `asked ${line.turnedAway} times`)
  line.comeBack()
  assert.equal((await inTime(() => append(0))).version, 2)
  await store.close()
  await line.end()
})

test('a listener hears again after its connection was cut, and is told of the gap', { skip }, async () => {
  await behindWire(
    async ({ database, line }) => {
      const heard: (string | undefined)[] = []
      let next = Promise.withResolvers<void>()
      const until = async (payload: string | undefined) => {
        while (!heard.includes(payload)) await next.promise
        heard.length = 0
      }
      const stop = database.listen('news', (payload) => {
        heard.push(payload)
        next.resolve()
        next = Promise.withResolvers()
      })
      const tell = (payload: string) => direct?.rows("SELECT pg_notify('news', $1)", [payload])
      await until(undefined)
      await proven(database)
      await tell('one')
      await until('one')
      line.cut()
      await until(undefined)
      await proven(database)
      await tell('two')
      await until('two')
      stop()
      await tell('three')
      await database.rows('SELECT 1')
      assert.deepEqual(
        heard.filter((payload) => payload !== undefined),
        [],
      )
    },
    { pollEvery: 3_600_000 },
  )
})

/** Once a channel that was asked for last is heard, so are those before it. */
async function proven(database: Awaited<ReturnType<typeof openPostgres>>): Promise<void> {
  const channel = `proof_${Math.random()}`
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = database.listen(channel, (payload) => payload === 'heard' && resolve())
  const tell = setInterval(() => direct?.rows('SELECT pg_notify($1, $2)', [channel, 'heard']), 20)
  await promise
  clearInterval(tell)
  stop()
}

test('where nothing can be heard, or nothing is to listen, time tells', { skip }, async () => {
  for (const [options, deaf] of [
    [{ listen: false, pollEvery: 5 }, false],
    [{ pollEvery: 5 }, true],
  ] as const) {
    await behindWire(async ({ database, line }) => {
      if (deaf) {
        await proven(database)
        line.deafen()
        line.cut()
      }
      let gaps = 0
      const enough = Promise.withResolvers<void>()
      database.listen('news', (payload) => {
        if (payload === undefined && ++gaps === 3) enough.resolve()
      })
      await enough.promise
    }, options)
  }
})
