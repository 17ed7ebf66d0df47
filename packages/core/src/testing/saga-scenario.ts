import { deepEqual } from 'node:assert/strict'
import { COMMAND_HANDLED, type Command, type CommandHandled, streamOf } from '../aggregate/index.ts'
import type { NewEvent, RecordedEvent } from '../event/index.ts'
import {
  COMMAND_SENT,
  type Duration,
  evolveSaga,
  heardBy,
  milliseconds,
  react,
  replay,
  routesOf,
  type SagaDefinition,
  type SagaEvent,
  type SagaState,
  statusOf,
  timersOf,
} from '../saga/index.ts'

/** An event for a saga; `stream` where the saga finds its key by it. */
export type ScenarioEvent = NewEvent & { readonly stream?: string }

/** What may happen to a saga in a scenario. */
export type SagaStimulus =
  | ScenarioEvent
  | { readonly passes: number }
  | {
      readonly outcome: CommandHandled['outcome']
      readonly step: string
      readonly refusal?: string
    }

/** Time passes: `after('16m')` stops at each timer on the way. */
export function after(duration: Duration): SagaStimulus {
  return { passes: milliseconds(duration) }
}

/** The last command of a step (or `completed`, `compensated`) was refused. */
export function refused(step: string, refusal: string): SagaStimulus {
  return { outcome: 'refused', step, refusal }
}

/** The last command of a step decided on nothing. */
export function nothingHappened(step: string): SagaStimulus {
  return { outcome: 'nothing', step }
}

/** The last command of a step gave events; for a compensation: it is done. */
export function handled(step: string): SagaStimulus {
  return { outcome: 'events', step }
}

/** Given what happened, when this happens, then the saga sends these commands and stands there. */
export interface SagaScenario {
  /** What happened before; the commands that this led to are not part of `then`. */
  given(...stimuli: readonly SagaStimulus[]): SagaScenario
  when(...stimuli: readonly SagaStimulus[]): SagaScenario
  /**
   * The commands sent since the first `when`, in order, by type, aggregate, id and data; and where the saga
   * stands: `completed`, `compensated`, `stuck`, … or, while it runs, the names of its pending steps.
   */
  then(commands: readonly Command[], status?: string | readonly string[]): SagaScenario
  /** All commands so far with their ids. */
  readonly commands: readonly Command[]
  readonly state: SagaState
}

/**
 * A scenario of one saga, pure and without a store. An event that a pending step awaits counts as caused by
 * that step's command, unless its metadata names another cause. `key` is the saga's; events without a `stream` stand in `test-KEY`.
 */
export function sagaScenario(
  definition: SagaDefinition,
  { key = 'k-1', now = Date.UTC(2026, 0, 1) }: { readonly key?: string; readonly now?: number } = {},
): SagaScenario {
  const run = new ScenarioRun(definition, key, now)
  let since: number | undefined
  const scenario: SagaScenario = {
    given(...stimuli) {
      for (const stimulus of stimuli) run.take(stimulus)
      return scenario
    },
    when(...stimuli) {
      since ??= run.commands.length
      for (const stimulus of stimuli) run.take(stimulus)
      return scenario
    },
    then(commands, status) {
      deepEqual(run.commands.slice(since ?? 0).map(plain), commands.map(plain))
      if (status !== undefined) {
        const { status: stands, steps } = statusOf(run.state)
        const pending = typeof status === 'string' ? steps.join(', ') : steps
        deepEqual(stands === 'running' ? pending : stands, status)
      }
      return scenario
    },
    get commands() {
      return run.commands
    },
    get state() {
      return run.state
    },
  }
  return scenario
}

function plain({ type, aggregate, id, data }: Command): Command {
  return { type, aggregate, id, data }
}

/** Identity and time of a scenario as it goes on. */
class ScenarioRun {
  readonly commands: Command[] = []
  readonly #definition: SagaDefinition
  readonly #key: string
  readonly #heard: ReadonlySet<string>
  readonly #early: RecordedEvent[] = []
  readonly #versions = new Map<string, number>()
  #now: number
  #position = 0
  state: SagaState = replay([])

  constructor(definition: SagaDefinition, key: string, now: number) {
    this.#definition = definition
    this.#key = key
    this.#heard = heardBy(definition)
    this.#now = now
  }

  take(stimulus: SagaStimulus): void {
    if ('passes' in stimulus) this.#pass(this.#now + stimulus.passes)
    else if ('outcome' in stimulus) this.#handle(stimulus)
    else this.#hear(this.#recorded(stimulus))
  }

  #pass(until: number): void {
    for (;;) {
      const [next] = timersOf(this.state)
        .filter(({ due }) => due <= until)
        .sort((a, b) => a.due - b.due)
      if (next === undefined) break
      this.#now = next.due
      const at = { now: this.#now, tenant: '' }
      this.#follow(react(this.#definition, this.state, { kind: 'timer', id: next.id }, at).events)
    }
    this.#now = until
  }

  #handle({ step, outcome, refusal }: Extract<SagaStimulus, { readonly step: string }>): void {
    const command = this.#lastOf(step)
    const data = { outcome, commandId: command.commandId, ...(refusal === undefined ? {} : { refusal }) }
    const stream = `command:${streamOf(command.aggregate, command.id)}`
    this.#hear(this.#recorded({ type: COMMAND_HANDLED, data, stream }))
  }

  #lastOf(step: string): Command {
    const named = Object.values(this.state.steps).filter((current) => current.step === step)
    const last = named.findLast(({ status }) => status === 'pending' || status === 'undoing') ?? named.at(-1)
    const command = last?.undo?.command ?? last?.reminder ?? last?.command
    const ending = this.commands.findLast(({ commandId }) => commandId?.includes(`:${step}/`))
    const found = command ?? ending
    if (found === undefined) throw new Error(`The saga has sent no command for "${step}".`)
    return found
  }

  #recorded(event: ScenarioEvent): RecordedEvent {
    const told = event.metadata?.causationId !== undefined
    const command = told ? undefined : this.#awaiting(event.type)
    const stream = event.stream ?? (command ? streamOf(command.aggregate, command.id) : `test-${this.#key}`)
    const version = (this.#versions.get(stream) ?? 0) + 1
    this.#versions.set(stream, version)
    this.#position += 1
    const caused = command?.commandId && command.saga
    const metadata = caused ? { causationId: command.commandId, saga: command.saga } : {}
    return {
      schemaVersion: 1,
      tenant: '',
      ...event,
      id: event.id ?? `event-${this.#position}`,
      metadata: { ...metadata, ...event.metadata },
      stream,
      version,
      position: this.#position,
      recordedAt: this.#now,
    }
  }

  #awaiting(type: string): Command | undefined {
    if (type === this.#definition.start && this.state.status !== 'running') return undefined
    const open = Object.values(this.state.steps).filter(({ status }) => status === 'pending')
    return open.find((step) => step.command && this.#answers(step.command, type))?.command
  }

  #answers(command: Command, type: string): boolean {
    const causationId = command.commandId ?? ''
    const probe = { type, data: {}, stream: '', metadata: { causationId, saga: '-' } }
    const event = { ...probe, id: '?', schemaVersion: 1, tenant: '', version: 1, position: 1, recordedAt: 0 }
    const input = { kind: 'event', event, key: this.#key, keyed: false } as const
    const { events } = react(this.#definition, this.state, input, { now: this.#now, tenant: '' })
    return events.some(({ type: name }) => name.endsWith('.StepCompleted') || name.endsWith('.StepFailed'))
  }

  #hear(event: RecordedEvent): void {
    for (const { key, input } of routesOf(this.#definition, this.#heard, event)) {
      if (key !== this.#key) continue
      const told = input.kind === 'event' ? { ...input, early: this.#early } : input
      const reaction = react(this.#definition, this.state, told, { now: this.#now, tenant: '' })
      if (reaction.keep) this.#early.push(event)
      this.#follow(reaction.events)
    }
  }

  #follow(events: readonly SagaEvent[]): void {
    for (const event of events) {
      this.state = evolveSaga(this.state, event)
      if (event.type === COMMAND_SENT) this.commands.push(event.data.command)
    }
  }
}
