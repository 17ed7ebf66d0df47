import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { COMMAND_HANDLED, type Command, type CommandHandled, streamOf } from '../aggregate/index.ts'
import { createCatalog } from '../catalog/index.ts'
import type { Metadata, RecordedEvent } from '../event/index.ts'
import {
  COMMAND_SENT,
  evolveSaga,
  heardBy,
  react,
  replay,
  routesOf,
  type SagaDefinition,
  type SagaEvent,
  type SagaInput,
  type SagaNode,
  type SagaState,
  type StepNode,
  statusOf,
  timersOf,
} from './index.ts'

/** Whole numbers from 0 below `n`, foreseeable from a seed. */
type Random = (n: number) => number

function randomOf(seed: number): Random {
  let state = seed | 0
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

// ---- a random definition

function randomStep(random: Random, name: string): StepNode {
  const target =
    (type: string) =>
    (o: { readonly index?: number }): Command => ({
      type,
      aggregate: 'target',
      id: `${name}${o.index ?? ''}`,
      data: {},
    })
  const answers = { done: [`${name}Done`], failed: [`${name}Failed`] }
  const next = (['compensate', 'continue', target('remind')] as const)[random(3)] ?? 'compensate'
  const timeout = random(3) === 0 ? {} : { timeout: { after: 1000 * (1 + random(5)), then: next } }
  if (random(6) === 0) return { kind: 'step', name, ...answers, ...timeout }
  return {
    kind: 'step',
    name,
    ...answers,
    ...timeout,
    send: target('do'),
    ...(random(4) === 0 ? {} : { undo: target('undo') }),
    ...(random(3) === 0 ? { retry: { times: 1 + random(2), backoff: 100 } } : {}),
  }
}

function randomNodes(random: Random, prefix: string, depth: number): readonly SagaNode[] {
  return Array.from({ length: 1 + random(3) }, (_, place): SagaNode => {
    const name = `${prefix}${'abc'[place]}`
    const kind = depth === 0 ? 5 : random(7)
    if (kind === 0) return { kind: 'wait', name, milliseconds: 1000 * random(4) }
    if (kind === 1) {
      const items = Array.from({ length: random(4) }, (_item, index) => index)
      return { kind: 'each', name, items: () => items, body: randomNodes(random, name, depth - 1) }
    }
    if (kind > 3) return randomStep(random, name)
    const branches = [1, 2].map((branch) => randomNodes(random, `${name}${branch}`, depth - 1))
    return { kind: 'parallel', name, branches }
  })
}

function randomSaga(random: Random): SagaDefinition {
  const end = (type: string) => (): Command => ({ type, aggregate: 'end', id: 'k', data: {} })
  return {
    kind: 'saga',
    name: 'random',
    version: 1,
    catalog: createCatalog({ namespace: 'test' }),
    start: 'Begun',
    key: () => 'k',
    nodes: randomNodes(random, '', 2),
    cancel: ['Stopped'],
    ...(random(2) === 0 ? { completed: end('completed') } : {}),
    ...(random(2) === 0 ? { compensated: end('compensated') } : {}),
    stuckAfter: 2,
  }
}

// ---- a world that answers at random, keeping the contract of commands

interface Forward {
  outcome: 'events' | 'nothing' | 'refused'
  /** True while what it did stands. */
  effect: boolean
  /** Decided, and answered by a call-back later. */
  callBack?: 'Done' | 'Failed' | 'never'
}

class RandomWorld {
  readonly definition: SagaDefinition
  readonly log: SagaEvent[] = []
  readonly sent: Command[] = []
  readonly forwards = new Map<string, Forward>()
  state: SagaState = replay([])
  readonly #random: Random
  readonly #heard: ReadonlySet<string>
  /** What is under way to the saga: ordered in a stream, in any order across streams. */
  readonly #events: RecordedEvent[] = []
  /** Commands that were not decided yet: a parked one may be decided very late. */
  readonly #commands: { readonly command: Command; readonly parked: boolean }[] = []
  readonly #undoRefusals = new Map<string, number>()
  readonly #outside = new Set<string>()
  #now = 0
  #count = 0

  constructor(random: Random) {
    this.#random = random
    this.definition = randomSaga(random)
    this.#heard = heardBy(this.definition)
    this.#emit('Begun', 'begin-k')
    if (random(5) === 0) this.#emit('Begun', 'begin-k')
    if (random(5) === 0) this.#emit('Stopped', 'stop-k')
  }

  /** Until nothing can happen any more. */
  run(): void {
    for (let moves = 0; moves < 5000; moves++) if (!this.#move()) return
    assert.fail('the saga does not come to rest')
  }

  #move(): boolean {
    const busy = this.#commands.some(({ parked }) => !parked)
    const kinds = [
      ...(this.#events.length > 0 ? [() => this.#deliver()] : []),
      ...(busy ? [() => this.#decide(false)] : []),
      ...this.#callBacks(),
      ...this.#waits(),
    ]
    const rare = [
      ...(timersOf(this.state).length > 0 ? [() => this.#pass()] : []),
      ...(this.#commands.length > 0 ? [() => this.#decide(true)] : []),
    ]
    const moves = kinds.length > 0 && this.#random(4) > 0 ? kinds : [...kinds, ...rare]
    const move = moves[this.#random(moves.length)]
    move?.()
    return move !== undefined
  }

  // Timers first, so that parked commands come late.
  #pass(): void {
    const [timer] = [...timersOf(this.state)].sort((a, b) => a.due - b.due)
    if (timer === undefined) return
    this.#now = Math.max(this.#now, timer.due)
    this.#tell({ kind: 'timer', id: timer.id })
    if (this.#random(5) === 0) this.#tell({ kind: 'timer', id: timer.id })
  }

  #deliver(): void {
    const chosen = this.#events[this.#random(this.#events.length)]
    const event = this.#events.find(({ stream }) => stream === chosen?.stream)
    if (event === undefined) return
    // One in five comes again later.
    if (this.#random(5) > 0) this.#events.splice(this.#events.indexOf(event), 1)
    for (const { input } of routesOf(this.definition, this.#heard, event)) this.#tell(input)
  }

  #tell(input: SagaInput): void {
    const { state, events } = react(this.definition, this.state, input, { now: this.#now, tenant: '' })
    for (const event of events) {
      this.state = evolveSaga(this.state, event)
      this.log.push(event)
      if (event.type === COMMAND_SENT) this.#send(event.data.command)
    }
    assert.deepEqual(this.state, state, 'what it says is what its events tell')
  }

  #send(command: Command): void {
    this.sent.push(command)
    this.#commands.push({ command, parked: command.type === 'do' && this.#random(6) === 0 })
  }

  #decide(any: boolean): void {
    const able = this.#commands.filter(({ parked }) => any || !parked)
    const chosen = able[this.#random(able.length)]
    if (chosen === undefined) return
    this.#commands.splice(this.#commands.indexOf(chosen), 1)
    const { command } = chosen
    if (command.type === 'do') this.#forward(command)
    else if (command.type === 'undo') this.#undo(command)
    else this.#handled(command, command.type === 'remind' ? 'nothing' : 'events')
  }

  // The record of its id answers a repeated one: nothing is logged twice.
  #forward(command: Command): void {
    const { commandId = '' } = command
    if (this.forwards.has(commandId)) return
    const outcomes = ['done', 'done', 'done', 'failed', 'refused', 'nothing', 'later'] as const
    const outcome = outcomes[this.#random(outcomes.length)]
    const answer = (effect: boolean, rest: Partial<Forward> = {}): void => {
      this.forwards.set(commandId, { outcome: 'events', effect, ...rest })
    }
    if (outcome === 'done') answer(true)
    if (outcome === 'failed') answer(false)
    if (outcome === 'later')
      answer(true, { callBack: (['Done', 'Failed', 'never'] as const)[this.#random(3)] })
    if (outcome === 'refused' || outcome === 'nothing') answer(false, { outcome })
    const step = this.#stepOf(commandId)
    if (outcome === 'done') this.#caused(command, `${step}Done`)
    if (outcome === 'failed') this.#caused(command, `${step}Failed`)
    this.#handled(command, this.forwards.get(commandId)?.outcome ?? 'events')
  }

  #undo(command: Command): void {
    const { compensates = '' } = command
    assert(compensates !== '', 'a compensation names its forward command')
    const forward = this.forwards.get(compensates)
    // The fence: a forward command that was not decided is refused from now on, whatever becomes of this one.
    if (forward === undefined) this.forwards.set(compensates, { outcome: 'refused', effect: false })
    const refusals = this.#undoRefusals.get(compensates) ?? this.#random(4)
    this.#undoRefusals.set(compensates, refusals - 1)
    if (refusals > 1) {
      this.#handled(command, 'refused')
      return
    }
    const undone = forward?.effect === true
    if (forward) Object.assign(forward, { effect: false, callBack: 'never' })
    this.#handled(command, undone ? 'events' : 'nothing')
  }

  #callBacks(): (() => void)[] {
    return [...this.forwards].flatMap(([commandId, forward]) => {
      const { callBack } = forward
      if (callBack === undefined || callBack === 'never') return []
      return [
        () => {
          Object.assign(forward, { callBack: 'never', effect: callBack === 'Done' })
          const command = this.sent.find((sent) => sent.commandId === commandId)
          assert(command)
          this.#emit(`${this.#stepOf(commandId)}${callBack}`, streamOf(command.aggregate, command.id))
        },
      ]
    })
  }

  // A step without a command is answered from outside, or never.
  #waits(): (() => void)[] {
    return Object.values(this.state.steps).flatMap(({ path, step, status, command }) => {
      if (status !== 'pending' || command !== undefined || this.#outside.has(path)) return []
      return [
        () => {
          this.#outside.add(path)
          const word = ['Done', 'Done', 'Failed', undefined][this.#random(4)]
          if (word !== undefined) this.#emit(`${step}${word}`, `outside-${path}`)
        },
      ]
    })
  }

  #stepOf(commandId: string): string {
    return this.state.steps[this.state.commands[commandId]?.path ?? '']?.step ?? ''
  }

  #caused({ commandId, aggregate, id, saga }: Command, type: string): void {
    const metadata = { causationId: commandId, ...(saga === undefined ? {} : { saga }) }
    this.#emit(type, streamOf(aggregate, id), {}, metadata)
  }

  #handled({ commandId = '', type, aggregate, id }: Command, outcome: CommandHandled['outcome']): void {
    const refusal = outcome === 'refused' ? { refusal: 'No' } : {}
    const data: CommandHandled = { commandId, type, aggregate, id, outcome, ...refusal }
    this.#emit(COMMAND_HANDLED, `command:${streamOf(aggregate, id)}`, data)
  }

  #emit(type: string, stream: string, data: unknown = {}, metadata: Metadata = {}): void {
    const id = `e-${++this.#count}`
    const recorded = { tenant: '', version: this.#count, position: this.#count, recordedAt: this.#now }
    this.#events.push({ id, type, data, schemaVersion: 1, metadata, stream, ...recorded })
  }
}

// ---- what must hold of every run

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
