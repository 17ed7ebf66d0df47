import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { targetOf } from './target.ts'

test('a URL that a sign of the password cuts short is refused, with nothing of it told', () => {
  for (const password of ['p@hunter/w0rd', 'p@hunter#w', '123#hunter', 'p@hunter?w', '12/hunter'])
    assert.throws(
      () => targetOf(`postgres://u:${password}@localhost:5432/shop`),
      ({ code, message }: Error & { code?: string }) => {
        assert.match(message, /with the signs of user and password encoded/)
        assert.doesNotMatch(message, /hunter/)
        return code === 'InvalidOption'
      },
    )
})

test('what is encoded, or stands in the parameters, is taken', () => {
  assert.equal(
    targetOf('postgres://u:p%40ss%2Fw%23@localhost:5432/shop').url,
    'postgres://localhost:5432/shop',
  )
  assert.equal(targetOf('postgres://localhost/shop?user=u@server').url, 'postgres://localhost:5432/shop')
})

test('a setting that is given twice is refused, with no value of it told', () => {
  for (const twice of ['schema=hunter&schema=b', 'prepare=true&sslmode=disable&prepare=hunter'])
    assert.throws(
      () => targetOf(`postgres://localhost/shop?${twice}`),
      ({ code, message }: Error & { code?: string }) => {
        assert.match(
          message,
          /^"(schema|prepare)" in the URL of the database is "given twice": use one of them$/,
        )
        return code === 'InvalidOption'
      },
    )
})

test('TLS is asked for as strictly as pg does it, without its warning, and as libpq where the URL says so', async () => {
  const warnings: string[] = []
  process.on('warning', ({ message }) => warnings.push(message))
  for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full']) {
    const { connectionString } = targetOf(`postgres://localhost/shop?sslmode=${mode}`)
    assert.equal(connectionString, 'postgres://localhost/shop?sslmode=verify-full')
  }
  for (const kept of ['sslmode=disable', 'sslmode=no-verify', 'uselibpqcompat=true&sslmode=require'])
    assert.equal(
      targetOf(`postgres://localhost/shop?${kept}`).connectionString,
      `postgres://localhost/shop?${kept}`,
    )
  await setImmediate()
  assert.deepEqual(warnings, [])
})
