import { copyIn } from './collect.ts'
import { type Draft, type Drafts, placeBelow } from './draft.ts'
import { eventDraft } from './effects.ts'
import { fieldsOf, textIn } from './json-object.ts'
import { answered, note, type SagaRun, sent, settle } from './saga-run.ts'
import type { Found } from './sources.ts'
import { stepName } from './step-name.ts'

type Reader = (drafts: Drafts, run: SagaRun, found: Found) => void

/** What each event of a saga says; others say nothing that the commands and answers do not. */
export const READERS: { readonly [name: string]: Reader } = {
  Started(drafts, { saga }, { event }) {
    const start = copyIn(event)
    if (start !== undefined) placeBelow(drafts, eventDraft(drafts, { event: start }), saga)
  },
  CommandSent: sent,
  StepReached(drafts, run, found) {
    const { path, due } = fieldsOf(found.event.data)
    note(
      drafts,
      run,
      found,
      `${stepName(String(path))}: waits${due === undefined ? '' : ` until ${timeOf(due)}`}`,
    )
  },
  StepCompleted(drafts, run, found) {
    const path = textIn(fieldsOf(found.event.data), 'path') ?? ''
    const answer = copyIn(found.event)
    if (answer === undefined) note(drafts, run, found, `${stepName(path)}: its time is over`)
    else answered(drafts, run, path, eventDraft(drafts, { event: answer }))
    settle(run, path)
  },
  StepTimedOut(drafts, run, found) {
    const fields = fieldsOf(found.event.data)
    const [path = '', next = ''] = ['path', 'next'].map((name) => textIn(fields, name))
    delete run.steps.get(path)?.due
    if (next !== 'command') run.open.delete(path)
    note(drafts, run, found, `timed out: ${AFTER_TIME_OUT[next] ?? 'the saga compensates'}`)
  },
  StepDelayed: (drafts, run, found) => note(drafts, run, found, refusedText(found)),
  StepFailed(drafts, run, found) {
    const path = textIn(fieldsOf(found.event.data), 'path') ?? ''
    const answer = failingEvent(drafts, run, path, found)
    if (answer !== undefined) answered(drafts, run, path, answer)
    settle(run, path)
    note(drafts, run, found, `failed: ${reasonOf(found)}`)
  },
  AnswerKept: (drafts, run, found) =>
    note(drafts, run, found, `${copyIn(found.event)?.type ?? 'an answer'} came before its step: kept`),
  AnswerIgnored(drafts, run, found) {
    const type = textIn(fieldsOf(found.event.data), 'type') ?? 'an answer'
    note(drafts, run, found, `${type} came too late: ignored`)
  },
  StartIgnored: (drafts, run, found) => note(drafts, run, found, 'another start while it runs: ignored'),
  CompensationStarted(drafts, run, found) {
    run.saga.outcome = 'compensating'
    const { step } = fieldsOf(fieldsOf(found.event.data).failure)
    note(drafts, run, found, `compensation begins: ${String(step)} failed (${reasonOf(found)})`)
  },
  CompensationRefused(drafts, run, found) {
    if (fieldsOf(found.event.data).stuck === true) run.saga.outcome = 'stuck'
    note(drafts, run, found, refusedText(found))
  },
  Ended(_drafts, { saga }, { event }) {
    const fields = fieldsOf(event.data)
    saga.outcome = textIn(fields, 'outcome') ?? 'completed'
    saga.took = Math.max(0, event.recordedAt - (saga.at ?? event.recordedAt))
    const refusal = textIn(fields, 'refusal')
    if (refusal !== undefined) saga.why = `its last command was refused: ${refusal}`
  },
}

const AFTER_TIME_OUT: { readonly [next: string]: string } = {
  continue: 'the saga goes on',
  command: 'the saga sends another command',
}

function refusedText({ event }: Found): string {
  const { refusal, due, stuck } = fieldsOf(event.data)
  return `refused: ${String(refusal)}; tries again at ${timeOf(due)}${stuck === true ? ', stuck' : ''}`
}

/** A refusal's name, or the type of the event that means failure. */
function reasonOf({ event }: Found): string {
  const { refusal, event: type } = fieldsOf(fieldsOf(event.data).failure)
  return String(refusal ?? type)
}

/** The saga tells the type of the event that failed its step; it is the last such one in the stream of its command. */
function failingEvent({ events }: Drafts, { steps }: SagaRun, path: string, found: Found): Draft | undefined {
  const stream = steps.get(path)?.stream
  const type = reasonOf(found)
  const { tenant, recordedAt } = found.event
  return [...events.values()].findLast(
    (event) =>
      event.name === type &&
      event.stream === stream &&
      event.tenant === tenant &&
      (event.at ?? 0) <= recordedAt,
  )
}

function timeOf(value: unknown): string {
  const time = new Date(typeof value === 'number' ? value : Number.NaN)
  return Number.isNaN(time.getTime()) ? 'an unknown time' : time.toISOString()
}
