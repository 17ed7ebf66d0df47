import { type CommandResult, EventwrightError, NotIdle, newId } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'
import type { CommandStimulus, GivenEvent, Stimulus } from '../model/index.ts'
import type { Answering } from './adversity/index.ts'
import { type Fault, faultOf } from './fault.ts'
import type { HappenedRefusal } from './happened.ts'
import type { Host } from './host.ts'
import { type Act, type Answered, logAfter } from './recording.ts'

/** What a scenario acts on. */
export interface Stage {
  readonly host: Host
  readonly compiled: CompiledFlow
  readonly tenant: string
  /** Resolves when nothing has anything to do. */
  rest(): Promise<void>
  /** A command was decided, and is about to be answered. */
  answering(command: Answering): void
  /** Commands whose refusal was told already. */
  readonly refused: Set<string>
}

/** What acting on it gave: answers, refusals, and errors that are no refusals. */
export interface Driven {
  readonly answers: readonly Answered[]
  readonly refusals: readonly HappenedRefusal[]
  readonly faults: readonly Fault[]
}

/** Puts the given events into their streams, in the order of the file, and lets the system come to rest. */
export async function give(stage: Stage, given: readonly GivenEvent[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { event, id, data } of given) {
    const stream = stage.compiled.streamOf(event, id)
    const given = { type: event, data, id: newId() }
    await stage.host.use((app) => app.store.append(stream, [given], { tenant: stage.tenant }))
    ids.push(given.id)
  }
  await stage.rest()
  return ids
}

/** Sends the stimuli one after the other, coming to rest after each. A fault ends it: what follows says nothing. */
export async function drive(
  stage: Stage,
  stimuli: readonly Stimulus[],
): Promise<Driven & { readonly acts: readonly Act[] }> {
  const acts: Act[] = []
  const driven: Driven[] = []
  let from = 0
  for (const stimulus of stimuli) {
    const after = from
    from = (await stage.host.use((app) => logAfter(app, stage.tenant, after))).head
    const one = await act(stage, stimulus)
    acts.push({ stimulus, from, answers: one.answers })
    driven.push(one)
    if (one.faults.length > 0) break
  }
  return {
    acts,
    answers: driven.flatMap(({ answers }) => answers),
    refusals: driven.flatMap(({ refusals }) => refusals),
    faults: driven.flatMap(({ faults }) => faults),
  }
}

async function act(stage: Stage, stimulus: Stimulus): Promise<Driven> {
  switch (stimulus.kind) {
    case 'after':
      return { answers: [], refusals: [], faults: await restless(passTime(stage, stimulus.ms), stimulus) }
    case 'command':
      return rested(stage, await send(stage, stimulus), stimulus)
    case 'together': {
      const answers = await Promise.all(stimulus.stimuli.map((one) => send(stage, one)))
      return rested(stage, answers.flat(), stimulus)
    }
  }
}

async function rested(stage: Stage, answers: readonly Answer[], stimulus: Stimulus): Promise<Driven> {
  const restlessness = await restless(stage.rest(), stimulus)
  return {
    answers: answers.flatMap(({ answered }) => answered ?? []),
    refusals: answers.flatMap(({ refusal }) => refusal ?? []),
    faults: [...answers.flatMap(({ fault }) => fault ?? []), ...restlessness],
  }
}

// Sagas that go on waking one another never come to rest: that is the flow's fault, and no other scenario's.
async function restless(rest: Promise<void>, { place }: Stimulus): Promise<readonly Fault[]> {
  try {
    await rest
    return []
  } catch (error) {
    if (error instanceof NotIdle || error instanceof EndlessTimers) return [{ ...faultOf(error), place }]
    throw error
  }
}

interface Answer {
  readonly answered?: Answered
  readonly refusal?: HappenedRefusal
  readonly fault?: Fault
}

// Sent one after the other: of a repeated command id the second is a retry, which waits for the first answer.
async function send(stage: Stage, stimulus: CommandStimulus): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let time = 0; time < stimulus.times; time++) answers.push(await sendOnce(stage, stimulus))
  return answers
}

async function sendOnce(stage: Stage, stimulus: CommandStimulus): Promise<Answer> {
  const { command: type, id, data, place } = stimulus
  const command = stage.compiled.command(type, id, data)
  // Whoever gets no answer sends the same command again, under the same id.
  const options = { tenant: stage.tenant, commandId: stimulus.commandId ?? newId() }
  try {
    const result = await stage.host.use(async (app) => {
      const answer = await app.execute(command, options)
      stage.answering({ type, id, commandId: options.commandId })
      return answer
    })
    const refusal = refusalOf(result, type, id)
    const told = JSON.stringify([command.aggregate, id, options.commandId])
    // A retry is answered with the recorded refusal: that is the same "no", not a second one.
    if (!refusal || stage.refused.has(told)) return { answered: answerOf(result) }
    stage.refused.add(told)
    return { answered: answerOf(result), refusal }
  } catch (error) {
    return { fault: { place, ...faultOf(error, `${type} failed`) } }
  }
}

function answerOf(result: CommandResult): Answered {
  const { commandId, outcome, duplicate } = result
  return {
    commandId,
    outcome,
    duplicate,
    ...(result.outcome === 'refused' ? { refusal: result.refusal } : {}),
  }
}

function refusalOf(result: CommandResult, command: string, id: string): HappenedRefusal | undefined {
  if (result.outcome !== 'refused') return undefined
  const { refusal, message } = result
  return message === undefined ? { refusal, command, id } : { refusal, command, id, message }
}

/** A scenario of a person has a handful; what has more tries again for ever. */
const MOST_STOPS = 1000

class EndlessTimers extends EventwrightError {
  readonly code = 'EndlessTimers'

  constructor() {
    super(
      `more than ${MOST_STOPS} timers came due in this \`after\`: a \`retry\` goes on without end. Move time by less, or bound the retry.`,
    )
  }
}

// From due time to due time, so that whatever one timer leads to happens before the next one.
async function passTime({ host, rest }: Stage, milliseconds: number): Promise<void> {
  const end = (await host.use(async (app) => app.clock.now())) + milliseconds
  for (let stops = 0; ; stops++) {
    const due = await host.use((app) => app.nextDue())
    if (due === undefined || due > end) break
    if (stops === MOST_STOPS) throw new EndlessTimers()
    await host.use((app) => app.clock.advanceTo(due))
    await rest()
  }
  await host.use((app) => app.clock.advanceTo(end))
  await rest()
}
