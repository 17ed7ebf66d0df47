import type { Flow, Saga, Step } from '../model/index.ts'
import { stepsOf } from './life.ts'
import type { Fault, Rule } from './rule.ts'

/** A rule over each step of each saga. */
function overSteps(code: Rule['code'], find: (step: Step, saga: Saga, flow: Flow) => Iterable<Fault>): Rule {
  return {
    code,
    *find(flow) {
      for (const saga of flow.sagas.values())
        for (const step of stepsOf(saga.nodes)) yield* find(step, saga, flow)
    },
  }
}

export const stepWithoutCompensation: Rule = overSteps('step-without-compensation', function* (step) {
  // Past the point of no return nothing fails any more.
  if (step.send === undefined || step.compensate !== undefined || step.retry?.times === 'forever') return
  yield {
    place: step.place,
    message: `The step \`${step.name}\` says nothing about how it is undone.`,
    mend: 'Add `compensate: COMMAND`, or `compensate: none`.',
  }
})

export const compensationElsewhere: Rule = overSteps('compensation-elsewhere', function* (step, _, flow) {
  if (typeof step.compensate !== 'object' || step.send === undefined) return
  const forward = flow.commands.get(step.send.command)
  const back = flow.commands.get(step.compensate.command)
  if (forward === undefined || back === undefined || forward.aggregate === back.aggregate) return
  yield {
    place: step.compensate.place,
    message: `\`${back.name}\` goes to \`${back.aggregate}\`, and \`${forward.name}\` went to \`${forward.aggregate}\`.`,
    mend: `Compensate with a command of \`${forward.aggregate}\`, and undo the rest in a step of its own.`,
  }
})

export const stepNeverDone: Rule = overSteps('step-never-done', function* (step) {
  if (step.done.length > 0) return
  yield {
    place: step.place,
    message: `Nothing completes the step \`${step.name}\`.`,
    mend: 'Name the event: `done: …`.',
  }
})

export const retryWithFail: Rule = overSteps('retry-with-fail', function* (step) {
  if (step.retry?.times !== 'forever') return
  for (const { event, place } of step.fail) {
    yield {
      place,
      message: `The step \`${step.name}\` is retried for ever, and fails on \`${event}\`.`,
      mend: 'Remove `fail`, or give the retry a number of times.',
    }
  }
})

export const answerImpossible: Rule = overSteps('answer-impossible', function* (step, _, flow) {
  const command = flow.commands.get(step.send?.command ?? '')
  if (command === undefined) return
  const late =
    typeof step.timeout?.then === 'object' ? flow.commands.get(step.timeout.then.command)?.emits : undefined
  for (const { event, place } of [...step.done, ...step.fail]) {
    if (
      command.emits.includes(event) ||
      late?.includes(event) ||
      comesFromOutside(event, command.aggregate, flow)
    )
      continue
    yield {
      place,
      message: `\`${command.name}\` cannot cause \`${event}\`.`,
      mend: `Name an event that it emits (${listed(command.emits)}), or one that a command from outside (\`by:\`) emits in the same stream.`,
    }
  }
})

/** A call-back: an event of the same stream that a command from outside causes. */
function comesFromOutside(event: string, aggregate: string, flow: Flow): boolean {
  return [...flow.commands.values()].some(
    (c) => c.aggregate === aggregate && c.by !== undefined && c.emits.includes(event),
  )
}

export const answerPrivate: Rule = {
  code: 'answer-private',
  *find(flow) {
    for (const saga of flow.sagas.values()) {
      const named = stepsOf(saga.nodes).flatMap((step) => [...step.done, ...step.fail])
      for (const { event, place } of [{ event: saga.start, place: saga.place }, ...named, ...saga.cancel]) {
        if (flow.events.get(event)?.private !== true) continue
        yield {
          place,
          message: `\`${saga.name}\` waits for \`${event}\`, which is private.`,
          mend: `Remove \`private: true\` from \`${event}\`.`,
        }
      }
    }
  },
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'it emits none' : names.map((name) => `\`${name}\``).join(', ')
}
