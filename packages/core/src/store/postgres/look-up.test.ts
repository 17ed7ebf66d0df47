import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedOnce } from './look-up.ts'

test('who asks in one go shares an answer; who asks when the question is on its way gets a later one', async () => {
  const answers: PromiseWithResolvers<number>[] = []
  const ask = askedOnce(() => {
    const answer = Promise.withResolvers<number>()
    answers.push(answer)
    return answer.promise
  })
  const first = [ask(), ask()]
  await new Promise(setImmediate)
  assert.equal(answers.length, 1)
  const later = ask()
  await new Promise(setImmediate)
  assert.equal(answers.length, 2)
  answers[0]?.resolve(1)
  answers[1]?.resolve(2)
  assert.deepEqual(await Promise.all([...first, later]), [1, 1, 2])
})

test('an error is that of those who asked in one go', async () => {
  let asked = 0
  const ask = askedOnce(async () => {
    asked++
    if (asked === 1) throw new Error('lost')
    return asked
  })
  const ends = await Promise.allSettled([ask(), ask()])
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(await ask(), 2)
})
