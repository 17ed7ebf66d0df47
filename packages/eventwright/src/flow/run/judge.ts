import type { ExpectedRefusal, ExpectedRow, ExpectedSaga, Outcome, Place } from '../model/index.ts'
import type { Happened, HappenedRefusal } from './happened.ts'
import { type EventMatch, matchEvents } from './match-events.ts'
import { isSubset } from './subset.ts'

/** One thing that is not as the scenario says, with the line that says so. */
export interface Difference {
  readonly what: 'events' | 'refusals' | 'saga' | 'row' | 'fault'
  readonly message: string
  readonly place: Place
}

/** What one outcome of a scenario (`then`, or an item of `oneOf`) has to say of what happened. */
export interface Judgement {
  readonly outcome: Outcome
  readonly events: EventMatch
  readonly differences: readonly Difference[]
}

/** Holds what happened against one outcome. */
export function judge(outcome: Outcome, happened: Happened): Judgement {
  const events = matchEvents(outcome.events, happened.events, happened.causes)
  return {
    outcome,
    events,
    differences: [
      ...eventDifferences(events, outcome),
      ...refusalDifferences(outcome, happened),
      ...outcome.sagas.flatMap((saga) => sagaDifference(saga, happened)),
      ...outcome.rows.flatMap((row) => rowDifference(row, happened)),
    ],
  }
}

function eventDifferences(match: EventMatch, outcome: Outcome): readonly Difference[] {
  if (match.fits) return []
  if (match.missing) {
    const { event, place } = match.missing
    const near = match.unexpected.find(({ type }) => type === event)
    const why = near
      ? `happened with other data or in another order: ${JSON.stringify(near.data)}`
      : 'did not happen'
    return [{ what: 'events', message: `${event} ${why}`, place }]
  }
  const names = match.unexpected.map(({ type }) => type).join(', ')
  return [{ what: 'events', message: `happened, but is not listed: ${names}`, place: outcome.place }]
}

function refusalDifferences(outcome: Outcome, happened: Happened): readonly Difference[] {
  const left: HappenedRefusal[] = [...happened.refusals]
  const missing: ExpectedRefusal[] = []
  // Those that name their command first, so that a bare name does not take their place.
  const ordered = [...outcome.refusals].sort((one, other) => Number(!one.command) - Number(!other.command))
  for (const expected of ordered) {
    const index = left.findIndex((refusal) => fits(expected, refusal))
    if (index < 0) missing.push(expected)
    else left.splice(index, 1)
  }
  const unexpected = left.map(({ command, refusal }) => `${command} was refused with ${refusal}`)
  return [
    ...missing.map(
      ({ refusal, place }): Difference => ({
        what: 'refusals',
        message: `nothing was refused with ${refusal}`,
        place,
      }),
    ),
    ...unexpected.map(
      (message): Difference => ({
        what: 'refusals',
        message: `${message}, which is not listed under \`refusals\``,
        place: outcome.place,
      }),
    ),
  ]
}

function fits(expected: ExpectedRefusal, refusal: HappenedRefusal): boolean {
  return (
    expected.refusal === refusal.refusal &&
    (expected.command === undefined || expected.command === refusal.command)
  )
}

function sagaDifference(expected: ExpectedSaga, happened: Happened): readonly Difference[] {
  const { saga, key, state, place } = expected
  const found = happened.sagas.filter((one) => one.saga === saga && (key === undefined || one.key === key))
  const name = key === undefined ? saga : `${saga} of ${key}`
  const [only] = found
  if (!only) return [{ what: 'saga', message: `${name} was never started`, place }]
  if (found.length > 1) {
    const keys = found.map((one) => one.key).join(', ')
    return [
      {
        what: 'saga',
        message: `${saga} runs for ${keys}: say which, \`${saga}: { ${only.key}: ${state} }\``,
        place,
      },
    ]
  }
  if (only.states.includes(state)) return []
  return [{ what: 'saga', message: `${name} is ${only.states.join(' and ')}, not ${state}`, place }]
}

function rowDifference(expected: ExpectedRow, happened: Happened): readonly Difference[] {
  const { projection, key, fields, place } = expected
  const row = happened.rows.get(projection)?.get(key)
  if (fields === null) {
    return row
      ? [{ what: 'row', message: `${projection} has a row ${key}: ${JSON.stringify(row)}`, place }]
      : []
  }
  if (!row) return [{ what: 'row', message: `${projection} has no row ${key}`, place }]
  if (isSubset(fields, row)) return []
  return [
    {
      what: 'row',
      message: `row ${key} of ${projection} is ${JSON.stringify(row)}, not ${JSON.stringify(fields)}`,
      place,
    },
  ]
}
