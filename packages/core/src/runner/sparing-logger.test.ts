import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../event/index.ts'
import { sparingLogger } from './sparing-logger.ts'

function recording(): { readonly said: [string, object][]; readonly logger: Logger } {
  const said: [string, object][] = []
  const say =
    (level: string) =>
    (fields: object, message: string): void =>
      void said.push([`${level} ${message}`, fields])
  return {
    said,
    logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  }
}

test('the same trouble is told at once, and then once a minute with its count', () => {
  const { said, logger } = recording()
  let now = 0
  const sparing = sparingLogger(logger, () => now)
  const fail = (failures: number) =>
    sparing.error({ owner: 'a', failures, err: new Error('no right') }, 'again')
  for (now = 0; now <= 120_000; now += 1_000) fail(now)
  assert.deepEqual(
    said.map(([message, fields]) => [message, 'times' in fields ? fields.times : 1]),
    [
      ['error again', 1],
      ['error again', 60],
      ['error again', 60],
    ],
  )
})

test('other troubles, and what is no trouble, are told each time', () => {
  const { said, logger } = recording()
  const sparing = sparingLogger(logger, () => 0)
  sparing.warn({ owner: 'a', err: new Error('one') }, 'again')
  sparing.warn({ owner: 'b', err: new Error('one') }, 'again')
  sparing.warn({ owner: 'a', err: new Error('two') }, 'again')
  sparing.warn({ owner: 'a', err: new Error('one') }, 'otherwise')
  for (const _ of [1, 2]) {
    sparing.info({ error: 'x' }, 'told')
    sparing.debug({}, 'told')
    sparing.error({ owner: 'a' }, 'stopped')
  }
  assert.equal(said.length, 10)
})
