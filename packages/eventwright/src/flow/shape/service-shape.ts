import type { Shape } from './shape.ts'
import {
  by,
  cel,
  celMap,
  duration,
  either,
  fieldType,
  integer,
  json,
  key,
  listOf,
  map,
  must,
  named,
  oneOrList,
  payloadKeys,
  refer,
  text,
  yes,
} from './words.ts'

const upcastKeys = by('free', celMap)

const emission = either(
  refer('event'),
  map({
    event: must(refer('event'), 'The event to emit.'),
    with: key(celMap, 'Fields of the event that no field of the command gives under the same name.'),
  }),
)

const command = map({
  by: key(text, 'Who outside the flow sends it: a customer, a gateway, a clock.'),
  in: key(
    oneOrList(refer('state')),
    'The states that accept it; `none` where the stream does not exist yet.',
  ),
  ignore: key(
    oneOrList(either(refer('state'), cel)),
    'States, or a CEL condition, in which it is done already.',
  ),
  ...payloadKeys,
  require: key(by('refusal', cel), 'From the name of a refusal to the condition without which it is given.'),
  let: key(celMap, 'Named values for `require`, `choose` and `with`.'),
  choose: key(
    listOf(
      map({
        when: key(cel, 'The condition of the branch; the last branch has none.'),
        emit: must(oneOrList(emission), 'The events of the branch; `[]` says that nothing happens.'),
        with: key(celMap, 'Fields of the one event under `emit` that have no source of the same name.'),
      }),
    ),
    'Branches, tried in order; the first that matches decides.',
  ),
  emit: key(oneOrList(emission), 'The events it emits, in order.'),
  with: key(celMap, 'Fields of the one event under `emit` that have no source of the same name.'),
  decide: key(text, 'A function instead of `choose` and `emit`: `./file.ts#name`.'),
  refuse: key(oneOrList(named('refusal')), 'The refusals that the `decide` function may give.'),
  late: key(
    { is: 'words', words: ['refuse'] },
    'This answer may come after the time-out and is then refused.',
  ),
  doc: key(text, 'What it means, for readers and exports.'),
})

const event = map({
  to: key(named('state'), 'The state after it; without it the state stays.'),
  version: key(integer(1), 'The version of its schema; 1 where nothing is said.'),
  ...payloadKeys,
  upcast: key(upcastKeys, 'From an older version to the fields that differ, in CEL over `old`.'),
  set: key(celMap, 'How it changes the declared state fields, in CEL over `state` and `event`.'),
  public: key(yes, 'Listeners outside the flow exist.'),
  private: key(yes, 'It is never published.'),
  doc: key(text, 'What it means, for readers and exports.'),
})

const aggregate = map({
  id: must(by('field', fieldType), 'The one field that identifies it; implied in all its messages.'),
  final: key(oneOrList(refer('state')), 'States in which it has ended.'),
  state: key(
    by('field', fieldType),
    'State beyond the fields of its events, with initial values: `open: int = 0`.',
  ),
  commands: must(by('command', command), 'What it can be told to do.'),
  events: must(by('event', event), 'What can happen to it.'),
  doc: key(text, 'What it is.'),
})

const topic = either(
  text,
  map(
    {
      name: must(named('topic'), 'The name of the topic.'),
      partitions: key(integer(1), 'How many partitions; 6 where nothing is said.'),
      retention: key(either(duration, { is: 'words', words: ['forever'] }), 'How long messages are kept.'),
      cleanup: key(
        { is: 'words', words: ['delete', 'compact', 'compact,delete'] },
        'What happens to old messages.',
      ),
      replication: key(integer(1), 'The number of copies.'),
      'min-in-sync': key(integer(1), 'How many copies must have a message before it counts as written.'),
      'max-message-bytes': key(integer(1), 'The largest message.'),
      compression: key(
        { is: 'words', words: ['none', 'gzip', 'snappy', 'lz4', 'zstd', 'producer'] },
        'How messages are compressed.',
      ),
      owner: key(text, 'Who answers for it.'),
    },
    { name: 'free', shape: json },
  ),
)

/** A service with its aggregates. */
export const service: Shape = map({
  topic: key(
    topic,
    'Where it publishes its events, keyed by the aggregate id; without it, nothing is published.',
  ),
  aggregates: must(by('aggregate', aggregate), 'What it owns.'),
  doc: key(text, 'What it is for.'),
})
