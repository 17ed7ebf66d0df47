import type { Keys, Shape } from './shape.ts'
import {
  cel,
  celMap,
  duration,
  either,
  integer,
  key,
  keyShape,
  map,
  must,
  named,
  oneOrList,
  refer,
  send,
  text,
  use,
} from './words.ts'

const timeout = map({
  after: must(duration, 'How long to wait for the answer.'),
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

/** A node of a saga: a step, steps at once, a loop, a wait. */
export const sagaNode: Shape = either(
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

/** A saga. */
export const saga: Shape = map({
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
