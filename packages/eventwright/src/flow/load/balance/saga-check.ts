import {
  COMMAND_HANDLED,
  type Command,
  isTechnical,
  partsOfStream,
  type RecordedEvent,
} from '@eventwright/core'
import { asObject } from '../../compile/plain.ts'
import type { Flow, Saga } from '../../model/index.ts'
import type { BalanceCheck } from './check.ts'
import { type ExpectedCommand, expectedCommands } from './expected-commands.ts'
import { judgeCompensated, judgeCompleted, leftUnderWay } from './judge-run.ts'
import type { NodeNames } from './node-names.ts'
import { openRuns } from './open-runs.ts'
import { balanceOf, newLedger, type SagaLedger } from './saga-ledger.ts'
import { type Effect, newRun, record, type SagaRun } from './saga-run.ts'

const SAGA = 'eventwright.saga.'

/** Told of each run that completed, with what the flow has it send. */
export type OnCompleted = (run: SagaRun, expected: readonly ExpectedCommand[]) => void

export interface SagaCheck {
  see(event: RecordedEvent): void
  /** The command that an answer is about, if a saga sent it and it was not answered before. */
  sent(answer: RecordedEvent): Command | undefined
  open(): readonly SagaRun[]
  /** `settled`: nothing was on its way any more when the log ended. */
  checks(settled: boolean): readonly BalanceCheck[]
}

/** Follows each run of each saga from its start to its end and holds it against the flow. Only what is open is kept. */
export function sagaCheck(
  flow: Flow,
  names: ReadonlyMap<string, NodeNames>,
  onCompleted: OnCompleted,
): SagaCheck {
  const ledgers = new Map([...flow.sagas.values()].map((saga) => [saga.name, newLedger(saga)]))
  const runs = openRuns()

  function ofSaga(event: RecordedEvent): void {
    const ledger = ledgers.get(nameIn(event.stream))
    const run = runs.of(event.stream)
    const what = event.type.slice(SAGA.length)
    if (!ledger) return
    if (what === 'Started') start(ledger, event, run)
    else if (what === 'StartIgnored') ignore(ledger, event)
    else if (run && what === 'Ended') end(ledger, run, event)
    else if (run) goOn(ledger, event, run)
  }

  function goOn(ledger: SagaLedger, event: RecordedEvent, run: SagaRun): void {
    // What a run takes as an answer begins no other one, though its type does.
    ledger.due.delete(String(asObject(asObject(event.data).answer).id))
    const sent = record(run, event)
    if (sent) runs.aim(run, sent)
  }

  function start(ledger: SagaLedger, { stream, data }: RecordedEvent, before: SagaRun | undefined): void {
    const { key, start: begun } = asObject(data)
    const { id, data: given } = asObject(begun)
    ledger.started++
    if (before) ledger.wrong.add(`${key}: started while a run was open`)
    if (!ledger.due.delete(String(id)))
      ledger.wrong.add(`${key}: ${id} began a run, and began one before or is not there`)
    runs.end(stream)
    runs.begin(stream, newRun(ledger.saga, String(key), asObject(given)))
  }

  function end(ledger: SagaLedger, run: SagaRun, { stream, data }: RecordedEvent): void {
    runs.end(stream)
    try {
      const judge = asObject(data).outcome === 'completed' ? complete : compensate
      for (const fault of judge(ledger, run)) ledger.wrong.add(`${run.key}: ${fault}`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      ledger.wrong.add(`${run.key}: its commands cannot be worked out: ${why}`)
    }
  }

  function complete(ledger: SagaLedger, run: SagaRun): readonly string[] {
    ledger.completed++
    const expected = expectedCommands(run, names.get(ledger.saga.name) ?? new Map())
    onCompleted(run, expected)
    return judgeCompleted(flow, run, expected)
  }

  function begins(event: RecordedEvent): void {
    for (const { saga, due } of ledgers.values()) {
      const key = saga.start === event.type ? keyOf(saga, event) : undefined
      if (key !== undefined) due.set(event.id, key)
    }
  }

  function hasEffect(event: RecordedEvent): void {
    const { type, stream, metadata } = event
    const { saga, commandId } = metadata
    const effect: Effect = { type, stream, data: asObject(event.data) }
    if (typeof saga !== 'string') {
      for (const run of runs.aimedAt(stream)) if (keyOf(run.saga, event) === run.key) run.effects.push(effect)
      return
    }
    const run = runs.of(saga)
    if (run && commandId !== undefined) run.effects.push({ ...effect, commandId })
    else orphaned(event, saga)
  }

  /** It came before its run began, or after it ended. */
  function orphaned({ type, stream, metadata }: RecordedEvent, saga: string): void {
    const { orphans, late } = ledgers.get(nameIn(saga)) ?? {}
    if (late?.has(String(metadata.commandId))) return
    const key = partsOfStream(saga).id
    if (!orphans?.has(key)) orphans?.set(key, `${type} in ${stream} belongs to no run that is open`)
  }

  function answered({ data, metadata }: RecordedEvent): void {
    const { commandId, outcome, refusal } = asObject(data)
    const sent = runs.of(metadata.saga)?.sent.get(String(commandId))
    if (!sent || sent.handled) return
    sent.handled = { outcome: String(outcome), ...(typeof refusal === 'string' ? { refusal } : {}) }
  }

  return {
    see(event) {
      if (event.type === COMMAND_HANDLED) answered(event)
      else if (event.type.startsWith(SAGA)) ofSaga(event)
      else if (!isTechnical(event.type)) {
        begins(event)
        hasEffect(event)
      }
    },
    sent({ data, metadata }) {
      const sent = runs.of(metadata.saga)?.sent.get(String(asObject(data).commandId))
      return sent && !sent.handled ? sent.command : undefined
    },
    open: () => [...runs.all()],
    checks(settled) {
      const open = Map.groupBy(runs.all(), ({ saga }) => saga)
      return [...ledgers.values()]
        .filter(({ started, due }) => started + due.size > 0)
        .map((ledger) => balanceOf(ledger, open.get(ledger.saga) ?? [], settled))
    },
  }
}

function compensate(ledger: SagaLedger, run: SagaRun): readonly string[] {
  ledger.compensated++
  for (const commandId of leftUnderWay(run)) ledger.late.add(commandId)
  return judgeCompensated(run)
}

function ignore(ledger: SagaLedger, { data }: RecordedEvent): void {
  ledger.ignored++
  ledger.due.delete(String(asObject(data).id))
}

/** `Fulfilment` of `saga:Fulfilment-o-1`. */
function nameIn(stream: string): string {
  return partsOfStream(stream).aggregate.slice('saga:'.length)
}

function keyOf(saga: Saga, { type, data }: RecordedEvent): string | undefined {
  const field = saga.key.fields.get(type)
  const value = field === undefined ? undefined : asObject(data)[field]
  return value === undefined || value === null ? undefined : String(value)
}
