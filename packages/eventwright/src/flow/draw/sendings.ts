import { streamOf } from '@eventwright/core'
import type { CommandStimulus, Flow, Stimulus } from '../model/index.ts'
import type { Act, Answered } from '../run/index.ts'
import type { Mark, Moment } from './moment.ts'
import { actorOf, decidedBy } from './parts.ts'

/** The commands that an act sent, one after the other, each with the answer where no event is the answer. */
export function sendingsOf(flow: Flow, { stimulus, answers }: Act): readonly Moment[] {
  const moments: Moment[] = []
  for (const [index, command] of commandsOf(stimulus).entries()) {
    const before = moments.findLast(({ commandId }) => commandId !== undefined)
    const answer = answers[index]
    const sending = sendingOf(flow, command, answer, index, before)
    moments.push(sending)
    if (answer !== undefined) moments.push(...repliesTo(flow, command, answer, sending))
  }
  return moments
}

function commandsOf(stimulus: Stimulus): readonly CommandStimulus[] {
  if (stimulus.kind === 'after') return []
  const stimuli = stimulus.kind === 'together' ? stimulus.stimuli : [stimulus]
  return stimuli.flatMap((one) => Array.from({ length: one.times }, () => one))
}

function sendingOf(
  flow: Flow,
  { command, id }: CommandStimulus,
  answer: Answered | undefined,
  index: number,
  before: Moment | undefined,
): Moment {
  const again = answer?.duplicate ? ', again' : ''
  const mark: Mark = {
    kind: 'command',
    from: actorOf(flow, command),
    to: decidedBy(flow, command),
    text: `${command} (${id})${again}`,
  }
  return {
    key: `1 ${String(index).padStart(6, '0')}`,
    after: before ? [before] : [],
    marks: [mark],
    commandId: answer?.commandId ?? '',
  }
}

function repliesTo(
  flow: Flow,
  { command, id }: CommandStimulus,
  answer: Answered,
  sending: Moment,
): readonly Moment[] {
  const text = replyText(answer)
  if (text === undefined) return []
  const kind = answer.outcome === 'refused' ? 'refused' : 'event'
  const mark: Mark = { kind, from: decidedBy(flow, command), to: actorOf(flow, command), text }
  const stream = streamOf(flow.commands.get(command)?.aggregate ?? '', id)
  return [{ key: `0 ${stream} ${sending.key}`, after: [sending], marks: [mark] }]
}

function replyText({ outcome, refusal, duplicate }: Answered): string | undefined {
  const again = duplicate ? ', as before' : ''
  if (outcome === 'refused') return `refused with ${refusal}${again}`
  if (outcome === 'nothing') return `nothing happens${again}`
  return duplicate ? 'done, as before' : undefined
}
