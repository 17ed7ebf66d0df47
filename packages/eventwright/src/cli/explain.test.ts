import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionLost } from '@eventwright/core'
import { EXIT } from './exit-codes.ts'
import { explain } from './explain.ts'

test('of what fails in the middle and then while all is closed, the first is told', async () => {
  const lost = new ConnectionLost('postgres://db/shop', 'the connection was lost')
  const run = async (): Promise<void> => {
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(() => Promise.reject(new Error('the folder cannot be removed')))
    cleanup.defer(() => Promise.reject(new Error('the store cannot be closed')))
    throw lost
  }
  const thrown: unknown = await run().catch((error: unknown) => error)
  assert.deepEqual(explain(thrown), { message: lost.message, code: EXIT.unreachable })
})
