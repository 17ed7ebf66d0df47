import type { Keys, NameKind, Others, Shape } from './shape.ts'
import {
  by,
  byRef,
  duration,
  either,
  integer,
  json,
  key,
  listOf,
  map,
  must,
  named,
  oneOrList,
  refer,
  text,
} from './words.ts'

const payloadOf = (name: NameKind): Others => ({ name, refers: true, shape: json, exactly: 1 })

const commandStimulus = either(
  refer('command'),
  map(
    {
      id: key(text, 'The command id; without it each sending is a command of its own.'),
      times: key(integer(1), 'How often it is sent.'),
    },
    payloadOf('command'),
  ),
)

const stimulus = either(
  map({ after: must(duration, 'Moves the clock, stopping at each timer on the way.') }),
  map({ together: must(listOf(commandStimulus), 'Commands sent without draining in between.') }),
  commandStimulus,
)

const outcomeKeys: Keys = {
  events: key(
    listOf(either(refer('event'), map({}, payloadOf('event')))),
    'Every event that happens; payloads match as a subset, order counts within a stream.',
  ),
  refusals: key(
    listOf(either(named('refusal'), map({}, payloadOf('command')))),
    'Every refusal, of commands from outside and from sagas.',
  ),
  sagas: key(
    byRef('saga', either(text, by('free', text))),
    '`completed`, `compensated`, or the step where it stands; by key where there are several.',
  ),
  projections: key(byRef('projection', by('free', json)), 'Rows by key, as a subset; null for none.'),
}

/** A scenario. */
export const scenario: Shape = map({
  given: key(
    listOf(either(refer('event'), map({}, payloadOf('event')))),
    'Events that are there before; omitted fields come from the examples.',
  ),
  when: must(
    oneOrList(stimulus),
    'What happens from outside, in order; the system comes to rest in between.',
  ),
  then: key(
    either(
      map({ oneOf: must(listOf(map(outcomeKeys)), 'The outcomes that a race may have.') }),
      map(outcomeKeys),
    ),
    'What it ends in; without it the scenario is an open question.',
  ),
  doc: key(text, 'Why it matters.'),
})
