import assert from 'node:assert/strict'
import { test } from 'node:test'
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
