import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shownUrl } from './engines.ts'

test('what is shown of a URL says where, without user, password and query', () => {
  for (const [url, shown] of [
    ['memory:', 'memory:'],
    ['sqlite:data/my shop.db', 'sqlite:data/my shop.db'],
    [
      'postgres://me:secret@db:5432/shop?sslmode=require&schema=orders',
      'postgres://db:5432/shop?schema=orders',
    ],
    ['postgresql://db/shop', 'postgresql://db/shop'],
    ['postgres://db/shop?user=me&password=secret', 'postgres://db/shop'],
    ['kafka://me:secret@one:9092,two:9092?prefix=trial.', 'kafka://one:9092,two:9092?prefix=trial.'],
    ['kafka://[::1]:9092', 'kafka://[::1]:9092'],
    ['mysql://me:secret@db/shop', 'mysql://db/shop'],
    ['postgres://me:se@cret@db/shop', 'postgres://db/shop'],
    // Nobody can say where these end being secret.
    ['postgres://me:se/cret@db/shop', 'postgres:…'],
    ['postgres://me:se?cret@db/shop', 'postgres:…'],
    ['postgres://me:se#cret@db/shop', 'postgres:…'],
    ['postgres:me:secret@db/shop', 'postgres:…'],
    ['"postgres://me:secret@db/shop"', '…'],
    ['//db/shop?password=secret', '…'],
    ['shop.db', 'shop.db'],
  ] as const)
    assert.equal(shownUrl(url), shown)
})

test('no password is shown, whatever signs are in it and whether they are escaped', () => {
  const secret = fc
    .string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(...'a@/?#:&=%[]') })
    .map((text) => `hunter${text}2`)
  const property = fc.property(secret, fc.boolean(), fc.boolean(), (word, escaped, inQuery) => {
    const said = escaped ? encodeURIComponent(word) : word
    const url = inQuery
      ? `postgres://db/shop?password=${said}&schema=a`
      : `postgres://me:${said}@db/shop?schema=a`
    assert.doesNotMatch(shownUrl(url), /hunter|2/)
  })
  fc.assert(property, { numRuns: 500 })
})
