import { type App, COMMAND_HANDLED, type CommandResult, isTechnical, streamOf } from '@eventwright/core'
import type { CommandStimulus, Flow, GivenEvent, Scenario, Stimulus } from 'eventwright'
import { z } from 'zod'

/** What a scenario led to, in a form in which two systems can be compared. */
export interface Story {
  /** Type and data, in order, by stream. */
  readonly events: Readonly<Record<string, readonly { readonly type: string; readonly data: unknown }[]>>
  /** `PlaceOrder o-1: EmptyOrder`, sorted. */
  readonly refusals: readonly string[]
  /** By read model, then by key. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const handled = z.object({ type: z.string(), id: z.string(), refusal: z.string().optional() })

/** Plays a scenario of the flow on an app that was written by hand. */
export async function play(app: App, flow: Flow, { given, when }: Scenario): Promise<Story> {
  const givenIds = new Set(await give(app, flow, given))
  const refusals: string[] = []
  for (const stimulus of when) refusals.push(...(await act(app, flow, stimulus)))
  const { events } = await app.store.readAll()
  const told = events.filter(({ id, type }) => !givenIds.has(id) && !isTechnical(type))
  const answered = events
    .filter(({ type }) => type === COMMAND_HANDLED)
    .map(({ data }) => handled.parse(data))
    .flatMap(({ type, id, refusal }) => (refusal === undefined ? [] : [`${type} ${id}: ${refusal}`]))
  return {
    events: byStream(told),
    refusals: [...refusals, ...answered].sort(),
    rows: { OrderSummary: await rowsOf(app, 'OrderSummary'), StockLevel: await rowsOf(app, 'StockLevel') },
  }
}

/** Events by their stream, in their order. */
export function byStream(
  events: readonly { readonly stream: string; readonly type: string; readonly data: unknown }[],
): Story['events'] {
  const streams = Map.groupBy(events, ({ stream }) => stream)
  return Object.fromEntries(
    [...streams].map(([stream, told]) => [stream, told.map(({ type, data }) => ({ type, data }))]),
  )
}

async function give(app: App, flow: Flow, given: readonly GivenEvent[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { event, id, data } of given) {
    const stream = streamOf(flow.events.get(event)?.aggregate ?? '', id)
    const { events } = await app.store.append(stream, [{ type: event, data }])
    ids.push(...events.map((recorded) => recorded.id))
  }
  await app.idle()
  return ids
}

async function act(app: App, flow: Flow, stimulus: Stimulus): Promise<readonly string[]> {
  if (stimulus.kind === 'after') {
    await passTime(app, stimulus.ms)
    return []
  }
  const commands = stimulus.kind === 'together' ? stimulus.stimuli : [stimulus]
  const refusals = await Promise.all(commands.map((command) => send(app, flow, command)))
  await app.idle()
  return refusals.flat()
}

async function send(app: App, flow: Flow, stimulus: CommandStimulus): Promise<readonly string[]> {
  const { command: type, id, commandId, times } = stimulus
  const aggregate = flow.commands.get(type)?.aggregate ?? ''
  // In the flow the aggregate's id is a field of every message; by hand it is said once, beside the data.
  const { [flow.aggregates.get(aggregate)?.id.name ?? '']: _id, ...data } = stimulus.data
  const refusals: string[] = []
  for (let time = 0; time < times; time++) {
    const options = commandId === undefined ? {} : { commandId }
    refusals.push(...refusalIn(await app.execute({ type, aggregate, id, data }, options), `${type} ${id}`))
  }
  return refusals
}

function refusalIn(result: CommandResult, command: string): readonly string[] {
  return result.outcome === 'refused' && !result.duplicate ? [`${command}: ${result.refusal}`] : []
}

async function passTime(app: App, milliseconds: number): Promise<void> {
  const end = app.clock.now() + milliseconds
  for (let due = await app.nextDue(); due !== undefined && due <= end; due = await app.nextDue()) {
    await app.clock.advanceTo(due)
    await app.idle()
  }
  await app.clock.advanceTo(end)
  await app.idle()
}

async function rowsOf(app: App, projection: string): Promise<Readonly<Record<string, unknown>>> {
  const documents = await app.documents(projection).list()
  return Object.fromEntries(documents.map(({ id, value }) => [id, value]))
}
