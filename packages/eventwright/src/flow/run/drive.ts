import type { App, CommandResult } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'
import type { CommandStimulus, GivenEvent, Stimulus } from '../model/index.ts'
import type { HappenedRefusal } from './happened.ts'

/** What a scenario acts on. */
export interface Stage {
  readonly app: App
  readonly compiled: CompiledFlow
  readonly tenant: string
}

/** What acting on it gave: refusals, and errors that are no refusals. */
export interface Driven {
  readonly refusals: readonly HappenedRefusal[]
  readonly faults: readonly string[]
}

/** Puts the given events into their streams, in the order of the file, and lets the system come to rest. */
export async function give(stage: Stage, given: readonly GivenEvent[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { event, id, data } of given) {
    const stream = stage.compiled.streamOf(event, id)
    const { events } = await stage.app.store.append(stream, [{ type: event, data }], { tenant: stage.tenant })
    ids.push(...events.map((recorded) => recorded.id))
  }
  await stage.app.idle()
  return ids
}

/** Sends the stimuli one after the other, coming to rest after each. */
export async function drive(stage: Stage, stimuli: readonly Stimulus[]): Promise<Driven> {
  const refusals: HappenedRefusal[] = []
  const faults: string[] = []
  for (const stimulus of stimuli) {
    const driven = await act(stage, stimulus)
    refusals.push(...driven.refusals)
    faults.push(...driven.faults)
  }
  return { refusals, faults }
}

async function act(stage: Stage, stimulus: Stimulus): Promise<Driven> {
  switch (stimulus.kind) {
    case 'after':
      await passTime(stage.app, stimulus.ms)
      return { refusals: [], faults: [] }
    case 'command':
      return rested(stage, await send(stage, stimulus))
    case 'together':
      return rested(stage, (await Promise.all(stimulus.stimuli.map((one) => send(stage, one)))).flat())
  }
}

async function rested(stage: Stage, answers: readonly Answer[]): Promise<Driven> {
  await stage.app.idle()
  return {
    refusals: answers.flatMap(({ refusal }) => refusal ?? []),
    faults: answers.flatMap(({ fault }) => fault ?? []),
  }
}

interface Answer {
  readonly refusal?: HappenedRefusal
  readonly fault?: string
}

// Sent one after the other: of a repeated command id the second is a retry, which waits for the first answer.
async function send(stage: Stage, stimulus: CommandStimulus): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let time = 0; time < stimulus.times; time++) answers.push(await sendOnce(stage, stimulus))
  return answers
}

async function sendOnce({ app, compiled, tenant }: Stage, stimulus: CommandStimulus): Promise<Answer> {
  const { command: type, id, data, commandId, place } = stimulus
  try {
    const result = await app.execute(compiled.command(type, id, data), {
      tenant,
      ...(commandId === undefined ? {} : { commandId }),
    })
    return { refusal: refusalOf(result, type, id) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { fault: `${place.file}:${place.line}: ${type} failed: ${message}` }
  }
}

// A retry is answered with the recorded refusal: that is the same "no", not a second one.
function refusalOf(result: CommandResult, command: string, id: string): HappenedRefusal | undefined {
  if (result.outcome !== 'refused' || result.duplicate) return undefined
  const { refusal, message } = result
  return message === undefined ? { refusal, command, id } : { refusal, command, id, message }
}

// From due time to due time, so that whatever one timer leads to happens before the next one.
async function passTime(app: App, milliseconds: number): Promise<void> {
  const end = app.clock.now() + milliseconds
  for (;;) {
    const due = await app.nextDue()
    if (due === undefined || due > end) break
    await app.clock.advanceTo(due)
    await app.idle()
  }
  await app.clock.advanceTo(end)
  await app.idle()
}
