import type { RecordedEvent } from '@eventwright/core'
import { asObject } from '../compile/index.ts'
import type { Flow, JsonObject } from '../model/index.ts'
import type { Mark } from './moment.ts'
import { decidedBy, type Part, sagaPart } from './parts.ts'
import type { SagaRun } from './saga-run.ts'

/** What is drawn of an event in a saga's own stream: the commands that it sends, and what it comes to. */
export function sagaMarks(flow: Flow, run: SagaRun, event: RecordedEvent, isAgain: boolean): readonly Mark[] {
  const saga = sagaPart(run.saga)
  const data = asObject(event.data)
  if (event.type === 'eventwright.saga.CommandSent') return [sent(flow, saga, data, isAgain)]
  const text = noteOf(event.type, data)
  return text === undefined ? [] : [{ kind: 'note', over: saga, text: `${text} (${run.key})` }]
}

function sent(flow: Flow, from: Part, data: JsonObject, isAgain: boolean): Mark {
  const { type, id } = asObject(data.command)
  const text = `${String(type)} (${String(id)})${isAgain ? ', again' : ''}`
  return { kind: 'command', from, to: decidedBy(flow, String(type)), text }
}

function noteOf(type: string, data: JsonObject): string | undefined {
  const step = String(data.path ?? '')
    .split('/')
    .at(-1)
  switch (type) {
    case 'eventwright.saga.StepReached':
      return `waits at ${step}`
    case 'eventwright.saga.StepTimedOut':
      return data.next === 'compensate' ? undefined : `${step} timed out`
    case 'eventwright.saga.StepDelayed':
      return `${step} is tried again later`
    case 'eventwright.saga.CompensationStarted':
      return failure(asObject(data.failure), data.plan)
    case 'eventwright.saga.CompensationRefused':
      return data.stuck === true ? `stuck at ${step}` : `${step} is tried again later`
    case 'eventwright.saga.StartIgnored':
      return 'runs already'
    case 'eventwright.saga.Ended':
      return String(data.outcome)
    default:
      return undefined
  }
}

function failure({ step, event, refusal }: JsonObject, plan: unknown): string {
  const why = `${String(step)} failed with ${String(event ?? refusal)}`
  return Array.isArray(plan) && plan.length > 0 ? `${why}, compensates` : why
}
