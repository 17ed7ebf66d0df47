import { COMMAND_HANDLED, isTechnical, partsOfStream, type RecordedEvent, streamOf } from '@eventwright/core'
import { asObject } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import type { Mark, Moment } from './moment.ts'
import { decidedBy, happensIn, sagaPart } from './parts.ts'
import { sagaMarks } from './saga-marks.ts'
import { areParallel, isTold, type SagaRun } from './saga-run.ts'
import type { Segment } from './segments.ts'
import { sendingsOf } from './sendings.ts'

/** What the events of a scenario are read with. */
export interface Reading {
  readonly flow: Flow
  /** By stream. */
  readonly runs: ReadonlyMap<string, SagaRun>
  /** The ids of the commands that sagas have sent so far. */
  readonly sent: Set<string>
}

/** The moments of a segment, each after what led to it. */
export function momentsOf(reading: Reading, { act, events }: Segment): readonly Moment[] {
  const moments: Moment[] = act === undefined ? [] : [...sendingsOf(reading.flow, act)]
  for (const event of events) moments.push(momentOf(reading, event, moments))
  return moments
}

function momentOf(reading: Reading, event: RecordedEvent, before: readonly Moment[]): Moment {
  const run = reading.runs.get(event.stream)
  if (run !== undefined) return inSaga(reading, run, event, before)
  return event.type === COMMAND_HANDLED ? answered(reading, event, before) : happened(reading, event, before)
}

function happened({ flow, runs }: Reading, event: RecordedEvent, before: readonly Moment[]): Moment {
  const { type, stream } = event
  const marks = isTechnical(type) ? [] : eventMarks(flow, runs, event)
  return { ...caused(event, stream, before), key: `0 ${placeOf(event)}`, marks, event, stream }
}

/** The answer to a saga's command, drawn where no event is the answer; it has its place in the stream that decided. */
function answered({ flow }: Reading, event: RecordedEvent, before: readonly Moment[]): Moment {
  const { aggregate, id } = asObject(event.data)
  const stream = streamOf(String(aggregate), String(id))
  const marks = answerMarks(flow, event)
  return { ...caused(event, stream, before), key: `0 ${placeOf(event)}`, marks, event, stream }
}

function answerMarks(flow: Flow, event: RecordedEvent): readonly Mark[] {
  const { type, outcome, refusal } = asObject(event.data)
  const ends = { from: decidedBy(flow, String(type)), to: sagaPart(sagaOf(event)) }
  if (outcome === 'refused') return [{ kind: 'refused', ...ends, text: `refused with ${String(refusal)}` }]
  return outcome === 'nothing' ? [{ kind: 'event', ...ends, text: 'nothing happens' }] : []
}

function inSaga(
  { flow, sent }: Reading,
  run: SagaRun,
  event: RecordedEvent,
  before: readonly Moment[],
): Moment {
  const { path, command } = asObject(event.data)
  const commandId = command === undefined ? undefined : String(asObject(command).commandId)
  const at = path === undefined ? undefined : String(path)
  const marks = sagaMarks(flow, run, event, commandId !== undefined && sent.has(commandId))
  if (commandId !== undefined) sent.add(commandId)
  return {
    key: `2 ${at} ${event.type} ${placeOf(event)}`,
    after: before.filter(
      (moment) => concerns(flow, run, moment) && !areParallel(moment.path ?? '', at ?? ''),
    ),
    marks,
    event,
    ...(commandId === undefined ? {} : { commandId }),
    ...(at === undefined ? {} : { path: at }),
  }
}

/** Whether a saga knew of a moment when it went on: its own doing, an answer to it, or an event that it is told. */
function concerns(flow: Flow, run: SagaRun, { event }: Moment): boolean {
  if (event === undefined) return false
  return event.stream === run.stream || event.metadata.saga === run.stream || isTold(flow, run, event)
}

function placeOf({ stream, version }: RecordedEvent): string {
  return `${stream} ${String(version).padStart(9, '0')}`
}

/** After the command that caused it, and after what its stream held. */
function caused(
  { metadata }: RecordedEvent,
  stream: string,
  before: readonly Moment[],
): Pick<Moment, 'after' | 'path'> {
  const sender = before.findLast((one) => one.commandId !== undefined && one.commandId === metadata.commandId)
  const last = before.findLast((one) => one.stream === stream)
  const after = [sender, last].filter((one) => one !== undefined)
  return sender?.path === undefined ? { after } : { after, path: sender.path }
}

function eventMarks(flow: Flow, runs: ReadonlyMap<string, SagaRun>, event: RecordedEvent): readonly Mark[] {
  const from = happensIn(flow, event.type)
  const text = `${event.type} (${partsOfStream(event.stream).id})`
  if (event.metadata.commandId === undefined) return [{ kind: 'note', over: from, text: `given ${text}` }]
  const told = [...runs.values()].filter((run) => isTold(flow, run, event)).map(({ saga }) => saga)
  const listeners = [...new Set(told)].sort().map(sagaPart)
  return (listeners.length === 0 ? [from] : listeners).map((to) => ({ kind: 'event', from, to, text }))
}

function sagaOf({ metadata }: RecordedEvent): string {
  const stream = String(metadata.saga ?? '')
  return partsOfStream(stream).aggregate.replace(/^saga:/, '')
}
