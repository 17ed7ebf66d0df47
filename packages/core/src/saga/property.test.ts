import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Command } from '../aggregate/index.ts'
import { randomOf } from './fixtures/random-saga.ts'
import { RandomWorld } from './fixtures/random-world.ts'
import { type SagaNode, type StepNode, statusOf } from './index.ts'

function everyCommandHasItsId({ sent }: RandomWorld): void {
  const byId = new Map<string | undefined, Command>()
  for (const command of sent) {
    assert.deepEqual(command, byId.get(command.commandId) ?? command, 'one id, two commands')
    byId.set(command.commandId, command)
  }
}

function endsOrWaits({ state, forwards }: RandomWorld): void {
  const { status, steps } = statusOf(state)
  if (status === 'completed' || status === 'compensated') return
  assert.equal(status, 'running', `it stands at ${status}, and nothing is under way`)
  assert(steps.length > 0, 'it runs, and waits for nothing')
  for (const { command, status: stands } of Object.values(state.steps)) {
    if (stands !== 'pending' || command === undefined) continue
    assert.equal(forwards.get(command.commandId)?.callBack, 'never', 'it waits for an answer that was given')
  }
}

function nothingIsLeft({ state, definition, forwards }: RandomWorld): void {
  const undoable = (name: string): boolean => findStep(definition.nodes, name)?.undo !== undefined
  for (const [id, { path }] of Object.entries(state.commands)) {
    const step = state.steps[path]
    if (step?.command?.commandId !== id) continue
    const effect = forwards.get(id)?.effect ?? false
    if (state.status === 'compensated')
      assert(!(effect && undoable(step.step)), `${path} was not compensated`)
    if (state.status === 'completed' && step.status === 'done') assert(effect, `${path} was compensated`)
  }
}

function findStep(nodes: readonly SagaNode[], name: string): StepNode | undefined {
  for (const node of nodes) {
    if (node.kind === 'step' && node.name === name) return node
    if (node.kind === 'step' || node.kind === 'wait') continue
    const found = findStep(node.kind === 'each' ? node.body : node.branches.flat(), name)
    if (found !== undefined) return found
  }
  return undefined
}

function compensatesLastInFirstOut({ log }: RandomWorld): void {
  const finished = new Map<string, number>()
  const order: number[] = []
  for (const [at, event] of log.entries()) {
    if (event.type === 'eventwright.saga.StepCompleted') finished.set(event.data.path, at)
    if (event.type === 'eventwright.saga.StepTimedOut' && event.data.next === 'continue')
      finished.set(event.data.path, at)
    if (event.type === 'eventwright.saga.StepCompensated')
      order.push(finished.get(event.data.path) ?? Number.MAX_SAFE_INTEGER)
  }
  assert.deepEqual(
    order,
    [...order].sort((a, b) => b - a),
  )
}

test('whatever happens, a saga ends or waits, and leaves no effect of what failed', () => {
  const ends = { completed: 0, compensated: 0, running: 0 }
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const world = new RandomWorld(randomOf(seed))
      world.run()
      everyCommandHasItsId(world)
      endsOrWaits(world)
      nothingIsLeft(world)
      compensatesLastInFirstOut(world)
      const { status } = world.state
      if (status in ends) ends[status as keyof typeof ends] += 1
    }),
    { numRuns: 1500, seed: 7 },
  )
  assert(Math.min(...Object.values(ends)) > 20, `every end is met: ${JSON.stringify(ends)}`)
})
