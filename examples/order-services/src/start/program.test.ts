import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProgram } from './program.ts'
import { environmentOf } from './services.ts'

test('a service that says that a setting is wrong ends the run with 3, any other with 4', async () => {
  const env = environmentOf('memory:', 'memory:')
  const wrong = startProgram('orders', { ...env, LOG_LEVEL: 'loud' }, () => {})
  await assert.rejects(wrong, { name: 'CannotStart', exit: 3 })
  const killed = startProgram('orders', env, (child) => child.kill('SIGKILL'))
  await assert.rejects(killed, { message: 'orders ended (SIGKILL) before it was ready', exit: 4 })
})
