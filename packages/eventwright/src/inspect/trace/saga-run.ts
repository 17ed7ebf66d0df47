import { streamOf } from '@eventwright/core'
import { type Draft, type Drafts, placeBelow } from './draft.ts'
import { commandDraft } from './effects.ts'
import { fieldsOf, numberIn, textIn } from './json-object.ts'
import type { Found } from './sources.ts'
import type { CommandRole } from './trace.ts'

/** One run of a saga while it is read. */
export interface SagaRun {
  readonly saga: Draft
  /** The command that each step sent last, by path. */
  readonly steps: Map<string, Draft>
  /** The steps whose event has not come. */
  readonly open: Set<string>
}

export function runOf(saga: Draft): SagaRun {
  return { saga, steps: new Map(), open: new Set() }
}

/** The command of a step. */
export function sent(drafts: Drafts, run: SagaRun, { service, event }: Found): void {
  const data = fieldsOf(event.data)
  const command = fieldsOf(data.command)
  const [id = '', aggregate = '', target = ''] = ['commandId', 'aggregate', 'id'].map((name) =>
    textIn(command, name),
  )
  const path = textIn(data, 'path') ?? ''
  const due = numberIn(data, 'due')
  const draft = commandDraft(drafts, event.tenant, id)
  if (draft.at !== undefined) {
    draft.attempts = (draft.attempts ?? 1) + 1
    return
  }
  const known: Partial<Draft> = {
    name: textIn(command, 'type') ?? '',
    stream: streamOf(aggregate, target),
    at: event.recordedAt,
    step: path,
    data: command.data,
    ...given('role', roleOf(data.role)),
    ...given('due', due),
    ...given('sender', service),
  }
  Object.assign(draft, known)
  run.steps.set(path, draft)
  if (draft.role === undefined || draft.role === 'do') run.open.add(path)
  placeBelow(drafts, run.saga, draft)
}

/** The step waits for its command no more; what came of that may be in a store that is not given. */
export function settle({ steps, open }: SagaRun, path: string): void {
  open.delete(path)
  const command = steps.get(path)
  if (command === undefined) return
  delete command.due
  command.outcome ??= 'unknown'
}

/** An answer that the step's command did not cause came from outside: it stands below the step, with what caused it. */
export function answered(drafts: Drafts, { steps, saga }: SagaRun, path: string, answer: Draft): void {
  let top = answer
  for (let cause = drafts.causes.get(top); cause !== undefined; cause = drafts.causes.get(top)) top = cause
  placeBelow(drafts, steps.get(path) ?? saga, top)
}

/** What a saga tells of itself, below the step that it is about. */
export function note(drafts: Drafts, { saga, steps }: SagaRun, { event }: Found, name: string): void {
  const path = textIn(fieldsOf(event.data), 'path')
  const below = (path === undefined ? undefined : steps.get(path)) ?? saga
  placeBelow(drafts, below, { kind: 'note', name, at: event.recordedAt, caused: [] })
}

/** Says of each command that was done, and whose step still waits, that it does: that is why a saga is not over. */
export function tellOpen({ saga, steps, open }: SagaRun): void {
  if (saga.outcome !== 'running') return
  for (const path of open) {
    const command = steps.get(path)
    if (command?.outcome === 'events') command.open = true
  }
}

const ROLES: readonly CommandRole[] = ['do', 'undo', 'timeout', 'completed', 'compensated']

function roleOf(value: unknown): CommandRole | undefined {
  return ROLES.find((role) => role === value)
}

function given<Name extends keyof Draft>(name: Name, value: Draft[Name] | undefined): Partial<Draft> {
  const field: Partial<Draft> = {}
  if (value !== undefined) field[name] = value
  return field
}
