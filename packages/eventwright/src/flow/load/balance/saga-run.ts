import type { Command, RecordedEvent } from '@eventwright/core'
import { asObject } from '../../compile/index.ts'
import type { Json, JsonObject, Saga } from '../../model/index.ts'

/** What a command of a saga is for. `timeout`: the one of `timeout: { then: COMMAND }`. */
export type Role = 'do' | 'undo' | 'timeout' | 'completed' | 'compensated'

/** A command that a saga sent, with what became of it. */
export interface Sent {
  readonly path: string
  readonly step: string
  readonly role: Role
  readonly command: Command & { readonly commandId: string }
  handled?: { readonly outcome: string; readonly refusal?: string }
}

/** An event that a saga's command led to, or that answers it from outside. */
export interface Effect {
  readonly type: string
  readonly stream: string
  readonly data: JsonObject
  /** Of the saga's command; absent where it came from outside. */
  readonly commandId?: string
}

/** One run of a saga, as far as the log was read. */
export interface SagaRun {
  readonly saga: Saga
  readonly key: string
  readonly start: JsonObject
  readonly sent: Map<string, Sent>
  readonly effects: Effect[]
  /** The answers that completed steps, in order, by the path of the step. */
  readonly answers: { readonly path: string; readonly data: Json }[]
  /** Paths that something is to come for, with the time at which it is due, if there is one. */
  readonly pending: Map<string, { readonly step: string; readonly due?: number }>
  /** Steps whose compensation was refused too often. */
  readonly stuck: Set<string>
}

const PREFIX = 'eventwright.saga.'

export function newRun(saga: Saga, key: string, start: JsonObject): SagaRun {
  return {
    saga,
    key,
    start,
    sent: new Map(),
    effects: [],
    answers: [],
    pending: new Map(),
    stuck: new Set(),
  }
}

/** Takes one event of the saga's own stream into the run. Gives the command that it sent, if it was not sent before. */
export function record(run: SagaRun, event: RecordedEvent): Sent | undefined {
  const data = asObject(event.data)
  const path = String(data.path ?? '')
  switch (event.type.slice(PREFIX.length)) {
    case 'CommandSent':
      return recordSent(run, path, data)
    case 'StepReached':
      run.pending.set(path, { step: String(data.step), ...dueIn(data) })
      break
    case 'StepCompleted':
      run.pending.delete(path)
      if (data.answer !== undefined) run.answers.push({ path, data: asObject(data.answer).data ?? {} })
      break
    case 'StepFailed':
    case 'StepCompensated':
      run.pending.delete(path)
      run.stuck.delete(path)
      break
    case 'StepTimedOut':
      if (data.next !== 'command') run.pending.delete(path)
      break
    case 'StepDelayed':
      run.pending.set(path, { step: stepOf(path), ...dueIn(data) })
      break
    case 'CompensationStarted':
      run.pending.clear()
      break
    case 'CompensationRefused':
      run.pending.set(path, { step: stepOf(path), ...dueIn(data) })
      if (data.stuck === true) run.stuck.add(path)
      break
  }
  return undefined
}

function recordSent(run: SagaRun, path: string, data: JsonObject): Sent | undefined {
  const { type, aggregate, id, commandId, data: payload } = asObject(data.command)
  const step = String(data.step)
  run.pending.set(path, { step, ...dueIn(data) })
  if (run.sent.has(String(commandId))) return undefined // a resend
  const sent: Sent = {
    path,
    step,
    role: roleOf(data.role),
    command: {
      type: String(type),
      aggregate: String(aggregate),
      id: String(id),
      commandId: String(commandId),
      data: payload,
    },
  }
  run.sent.set(sent.command.commandId, sent)
  return sent
}

function roleOf(role: Json | undefined): Role {
  return role === 'undo' || role === 'timeout' || role === 'completed' || role === 'compensated' ? role : 'do'
}

function dueIn({ due }: JsonObject): { readonly due?: number } {
  return typeof due === 'number' ? { due } : {}
}

/** A path ends in the step's name: `each-1/0/stock`. */
function stepOf(path: string): string {
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}
