import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventwright, type Logger, memory } from '@eventwright/core'
import { orders } from '../orders/service.ts'
import { httpServer } from './http.ts'

test('a store that does not answer is told in the log, and the client only to come again', async () => {
  const told: string[] = []
  const tell = ({ err }: { readonly err?: unknown }): void => {
    if (err instanceof Error) told.push(err.message)
  }
  const logger: Logger = { debug() {}, info() {}, warn: tell, error: tell }
  const app = await eventwright({ ...orders, store: memory(), logger })
  const server = httpServer(app, logger)
  await app.stop()
  const payload = { customer: 'c', lines: [] }
  const answer = await server.inject({ method: 'POST', url: '/Order/o-1/PlaceOrder', payload })
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json(), { error: 'Not now: send it again, with the same Idempotency-Key.' })
  assert.equal(told.length, 1)
  await server.close()
})
