import {
  type Flow,
  type GivenEvent,
  type JsonObject,
  NONE,
  type Outcome,
  type Scenario,
  type Step,
} from '../model/index.ts'
import { lifeOf, stepsOf } from './life.ts'

/** One kind of thing that scenarios should touch. */
export type Covered = {
  readonly touched: number
  readonly total: number
  readonly missing: readonly string[]
}

/**
 * What the scenarios of a flow touch by what they expect. It is read from the file alone; a transition is a state
 * and the event that happens in it.
 */
export type Coverage = {
  readonly transitions: Covered
  readonly refusals: Covered
  readonly compensations: Covered
  readonly timeouts: Covered
  /** Touched of all, 0 to 100, rounded down; 100 where there is nothing to touch. */
  readonly percent: number
}

/** The coverage of a flow by its scenarios. */
export function coverageOf(flow: Flow): Coverage {
  const transitions = coverTransitions(flow)
  const refusals = coverRefusals(flow)
  const compensations = coverCompensations(flow)
  const timeouts = coverTimeouts(flow)
  const parts = [transitions, refusals, compensations, timeouts]
  const total = parts.reduce((sum, part) => sum + part.total, 0)
  const touched = parts.reduce((sum, part) => sum + part.touched, 0)
  return {
    transitions,
    refusals,
    compensations,
    timeouts,
    percent: total === 0 ? 100 : Math.floor((100 * touched) / total),
  }
}

function covered(all: Iterable<string>, touched: ReadonlySet<string>): Covered {
  const names = [...new Set(all)]
  const missing = names.filter((name) => !touched.has(name))
  return { touched: names.length - missing.length, total: names.length, missing }
}

function coverTransitions(flow: Flow): Covered {
  const all = new Set(
    [...flow.aggregates.values()].flatMap((a) =>
      lifeOf(flow, a).map((t) => transition(a.name, t.from, t.event)),
    ),
  )
  const touched = new Set<string>()
  for (const scenario of flow.scenarios)
    for (const outcome of scenario.outcomes)
      for (const name of walk(flow, scenario.given, outcome, all)) touched.add(name)
  return covered(all, touched)
}

function transition(aggregate: string, from: string, event: string): string {
  return `${aggregate}: ${event} in ${from}`
}

/**
 * The transitions of the events that an outcome lists, each stream followed. An event that does not name its stream
 * happens in the one of the example, or else in any where it can.
 */
function walk(
  flow: Flow,
  given: readonly GivenEvent[],
  outcome: Outcome,
  possible: ReadonlySet<string>,
): string[] {
  const states = new Map<string, Map<string, string>>()
  const step = (name: string, data: JsonObject): string[] => {
    const event = flow.events.get(name)
    const id = flow.aggregates.get(event?.aggregate ?? '')?.id
    if (event === undefined || id === undefined) return []
    const { aggregate, to } = event
    const streams = states.get(aggregate) ?? new Map<string, string>()
    states.set(aggregate, streams)
    const into = (stream: string): string => transition(aggregate, streams.get(stream) ?? NONE, name)
    const likely = data[id.name] === undefined ? [String(id.example), ...streams.keys()] : []
    const stream = likely.find((s) => possible.has(into(s))) ?? String(data[id.name] ?? id.example)
    const done = into(stream)
    streams.set(stream, to?.name ?? streams.get(stream) ?? NONE)
    return [done]
  }
  for (const { event, data } of given) step(event, data)
  return outcome.events.flatMap(({ event, data }) => step(event, data))
}

function coverRefusals(flow: Flow): Covered {
  const all = [...flow.commands.values()].flatMap((c) => c.refuses.map((refusal) => `${c.name}: ${refusal}`))
  const expected = outcomesOf(flow).flatMap((o) => o.refusals)
  const touched = all.filter((name) =>
    expected.some((e) =>
      e.command === undefined ? name.endsWith(`: ${e.refusal}`) : name === `${e.command}: ${e.refusal}`,
    ),
  )
  return covered(all, new Set(touched))
}

function coverCompensations(flow: Flow): Covered {
  const steps = namedSteps(flow).filter(({ step }) => typeof step.compensate === 'object')
  const expected = new Set(outcomesOf(flow).flatMap((o) => o.events.map((e) => e.event)))
  const touched = steps.filter(({ step }) => {
    const command =
      typeof step.compensate === 'object' ? flow.commands.get(step.compensate.command) : undefined
    return command?.emits.some((event) => expected.has(event)) === true
  })
  return covered(
    steps.map((s) => s.name),
    new Set(touched.map((s) => s.name)),
  )
}

function coverTimeouts(flow: Flow): Covered {
  const steps = namedSteps(flow).filter(({ step }) => step.timeout !== undefined)
  const touched = steps.filter(({ step }) =>
    flow.scenarios.some((scenario) => timesOut(flow, scenario, step)),
  )
  return covered(
    steps.map((s) => s.name),
    new Set(touched.map((s) => s.name)),
  )
}

/**
 * The clock passes the time-out after the step's command, if it has one, and its answer is not expected; or what
 * comes of the time-out's own command is: after that the step waits on, and may be answered.
 */
function timesOut(flow: Flow, scenario: Scenario, step: Step): boolean {
  const passed = scenario.when.reduce((sum, s) => sum + (s.kind === 'after' ? s.ms : 0), 0)
  const passes = passed >= (step.timeout?.ms ?? Infinity)
  const sent = flow.commands.get(step.send?.command ?? '')?.emits
  const then = step.timeout?.then
  const late = typeof then === 'object' ? flow.commands.get(then.command)?.emits : undefined
  return (
    passes &&
    scenario.outcomes.some(({ events }) => {
      const names = new Set(events.map((e) => e.event))
      if (late?.some((e) => names.has(e))) return true
      return sent?.some((e) => names.has(e)) !== false && !step.done.some((d) => names.has(d.event))
    })
  )
}

function namedSteps(flow: Flow): { name: string; step: Step }[] {
  return [...flow.sagas.values()].flatMap((saga) =>
    stepsOf(saga.nodes).map((step) => ({ name: `${saga.name}: ${step.name}`, step })),
  )
}

function outcomesOf(flow: Flow): Outcome[] {
  return flow.scenarios.flatMap((scenario) => scenario.outcomes)
}
