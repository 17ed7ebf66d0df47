import type { Key, Keys, NameKind, Others, Shape } from './shape.ts'

const text: Shape = { is: 'text' }
const cel: Shape = { is: 'cel' }
const json: Shape = { is: 'json' }
const yes: Shape = { is: 'true' }
const duration: Shape = { is: 'duration' }
const fieldType: Shape = { is: 'field-type' }
const refer = (of: NameKind): Shape => ({ is: 'name', of, refers: true })
const named = (of: NameKind): Shape => ({ is: 'name', of, refers: false })
const integer = (minimum: number): Shape => ({ is: 'integer', minimum })
const listOf = (of: Shape): Shape => ({ is: 'list', of })
const oneOrList = (of: Shape): Shape => ({ is: 'either', of: [of, listOf(of)] })
const either = (...of: Shape[]): Shape => ({ is: 'either', of })
const map = (keys: Keys, others?: Others): Shape =>
  others ? { is: 'map', keys, others } : { is: 'map', keys }
const by = (name: NameKind, shape: Shape): Shape => map({}, { name, shape })
const byRef = (name: NameKind, shape: Shape): Shape => map({}, { name, shape, refers: true })
const use = (name: string): Shape => ({ is: 'shape', name })
const key = (shape: Shape, doc: string): Key => ({ shape, doc })
const must = (shape: Shape, doc: string): Key => ({ shape, doc, required: true })

const celMap = by('field', cel)
const upcastKeys = by('free', celMap)

const emission = either(
  refer('event'),
  map({
    event: must(refer('event'), 'The event to emit.'),
    with: key(celMap, 'Fields of the event that no field of the command gives under the same name.'),
  }),
)

const send = either(
  refer('command'),
  map({
    send: must(refer('command'), 'The command to send.'),
    id: key(cel, "The id of the stream, where it is not the saga's key."),
    with: key(celMap, 'Fields of the command that have another name in the start event.'),
  }),
)

const payloadKeys: Keys = {
  data: key(use('payload'), 'The payload: fields with types, a named type, or a list of both to merge.'),
  schema: key(either(text, json), 'The payload as JSON Schema (2020-12): inline, or the path to a file.'),
}

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

const service = map({
  topic: key(
    topic,
    'Where it publishes its events, keyed by the aggregate id; without it, nothing is published.',
  ),
  aggregates: must(by('aggregate', aggregate), 'What it owns.'),
  doc: key(text, 'What it is for.'),
})

const timeout = map({
  after: must(duration, 'How long to wait for the answer.'),
  // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the flow file.
  then: key(
    either({ is: 'words', words: ['compensate', 'continue'] }, send),
    'What then: `compensate` (default), `continue`, or a command, after which the step goes on waiting.',
  ),
})

const retry = either(
  { is: 'words', words: ['forever'] },
  map({
    times: must(
      either(integer(1), { is: 'words', words: ['forever'] }),
      'How often to send the command again.',
    ),
    backoff: key(duration, 'The first pause; it doubles up to a minute. 1s where nothing is said.'),
  }),
)

const stepKeys: Keys = {
  send: key(refer('command'), 'The command it sends; without it the step waits for `done`.'),
  id: key(cel, "The id of the stream, where it is not the saga's key."),
  with: key(celMap, 'Fields of the command that have another name in the start event.'),
  done: key(oneOrList(refer('event')), 'The events that complete it.'),
  fail: key(oneOrList(refer('event')), 'The events that fail it; a refusal of the command fails it too.'),
  timeout: key(timeout, 'What to do when no answer comes.'),
  retry: key(retry, 'Sends the command again under the same id.'),
  compensate: key(either({ is: 'words', words: ['none'] }, send), 'The command that undoes it, or `none`.'),
  each: key(cel, 'Runs the step once for each element of this list; `item` and `index` are in scope.'),
}

const sagaNode = either(
  map({ parallel: must(use('steps'), 'Steps that run at once; done when all are.') }),
  map({
    wait: must(duration, 'Waits for time.'),
    step: key(named('step'), 'A name to find it by.'),
  }),
  map({
    step: must(named('step'), 'The name of the step; later steps see its answer under it.'),
    ...stepKeys,
  }),
  map({
    each: must(cel, 'Runs the steps once for each element of this list.'),
    steps: must(use('steps'), 'The steps of one round, in order.'),
  }),
)

const keyShape = either(named('field'), byRef('event', named('field')))

const saga = map({
  start: must(refer('event'), 'The event that starts it.'),
  key: key(keyShape, 'The field that holds its key, or a map from event to field where they differ.'),
  steps: must(use('steps'), 'What it does, in order.'),
  cancel: key(
    map({ on: must(oneOrList(refer('event')), 'The events that cancel it.') }),
    'Fails it from outside: what is done or pending is compensated.',
  ),
  completed: key(send, 'The command to send when all is done.'),
  compensated: key(send, 'The command to send when all is undone; it sees `failure`.'),
  doc: key(text, 'What it achieves.'),
})

const projection = map({
  key: must(keyShape, "The field that holds the row's key, or a map from event to field where they differ."),
  fields: must(by('field', fieldType), 'The fields of a row.'),
  on: must(
    byRef(
      'event',
      either(
        map({
          set: key(celMap, 'Fields to set, beside those copied from the event under the same name.'),
          add: key(celMap, 'Numbers to add; a missing field counts as 0.'),
          when: key(cel, 'Only where this holds, in CEL over `event` and `row`.'),
          delete: key(yes, 'Deletes the row.'),
        }),
      ),
    ),
    'What each event does to its row.',
  ),
  doc: key(text, 'Whom it serves.'),
})

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

const scenario = map({
  given: key(
    listOf(either(refer('event'), map({}, payloadOf('event')))),
    'Events that are there before; omitted fields come from the examples.',
  ),
  when: must(
    oneOrList(stimulus),
    'What happens from outside, in order; the system comes to rest in between.',
  ),
  // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the flow file.
  then: key(
    either(
      map({ oneOf: must(listOf(map(outcomeKeys)), 'The outcomes that a race may have.') }),
      map(outcomeKeys),
    ),
    'What it ends in; without it the scenario is an open question.',
  ),
  doc: key(text, 'Why it matters.'),
})

const type = map({
  ...payloadKeys,
  example: key(json, 'What scenarios use where they say nothing.'),
  doc: key(text, 'What it means.'),
})

/** Shapes that refer to themselves or are used in several places. */
export const SHAPES: { readonly [name: string]: Shape } = {
  steps: listOf(sagaNode),
  payload: either(
    refer('type'),
    listOf(either(refer('type'), by('field', fieldType))),
    by('field', fieldType),
  ),
}

/** The whole file. */
export const FLOW_SHAPE: Shape = map({
  eventwright: must({ is: 'integer', minimum: 1 }, 'The version of the file format: 1.'),
  name: key(text, 'The name of the flow.'),
  namespace: key(text, 'The prefix of event types on the wire, such as com.example.shop.'),
  doc: key(text, 'What the system is for.'),
  import: key(oneOrList(text), 'Other flow files, merged into this one before names are resolved.'),
  types: key(by('type', type), 'Named types of fields and payloads.'),
  services: key(by('service', service), 'Services with their aggregates.'),
  sagas: key(by('saga', saga), 'Processes across aggregates.'),
  projections: key(by('projection', projection), 'Read models.'),
  scenarios: key(by('free', scenario), 'Stories that are run.'),
})
