import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { narrow } from './narrow.ts'

const STEPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
const causes = fc.subarray(STEPS, { minLength: 1, maxLength: STEPS.length - 1 })

test('of what fails only together exactly that is left, with how it failed', async () => {
  const property = fc.asyncProperty(causes, async (cause) => {
    const narrowed = await narrow(STEPS, async (steps) =>
      cause.every((step) => steps.includes(step)) ? steps.join() : undefined,
    )
    assert.deepEqual(narrowed, { steps: cause, failure: cause.join() })
  })
  await fc.assert(property)
})

test('where nothing smaller fails, nothing is left out', async () => {
  assert.equal(await narrow(STEPS, async () => undefined), undefined)
  assert.equal(await narrow(['a'], async () => 'alone'), undefined)
})
