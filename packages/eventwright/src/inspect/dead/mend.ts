import type { DeadLetter } from '@eventwright/core'

/** What to do about a dead letter, in sentences; `first` is the first that is parked of its key. */
export function mendOf(letter: DeadLetter, first: DeadLetter): readonly string[] {
  if (letter.redriveSince !== undefined) {
    return ['It is marked to be redriven: the service runs it as soon as a process of it has its turn.']
  }
  if (letter.id !== first.id) {
    return [
      `It waits for its turn. What holds the key back is the first one: eventwright dead show ${first.id}`,
      ...(letter.behind ? [] : ['It failed by itself, too, in an earlier redrive.']),
    ]
  }
  return letter.reason.code === UNREADABLE ? [causeOf(letter), AWAY] : [causeOf(letter), AGAIN, AWAY]
}

const AGAIN = 'When that is mended and the service runs the new release: eventwright dead redrive.'
const AWAY = 'If it must never be handled: eventwright dead drop. The others of its key can then be redriven.'

/** Nothing that is released makes it readable. */
const UNREADABLE = 'InvalidEnvelope'

const CAUSES: { readonly [code: string]: string | undefined } = {
  [UNREADABLE]:
    'It is no CloudEvents envelope that can be read: mend its sender. As it is it can only be dropped.',
  InvalidPayload: 'Its payload breaks the schema: mend its sender, or let the schema take what was sent.',
  Unprocessable:
    'It cannot be handled as it is: mend what the reason names. If the message itself is wrong, it can only be dropped.',
  NoCommandTopic:
    'No service was known for its command: declare the service, and restart the one that publishes.',
  MessageTooLarge: 'It is larger than the broker takes: allow more there, or publish less.',
  Crashed:
    'The process ended each time while it ran this: look at its last words, and mend the handler first.',
}

function causeOf({ reason, consumer }: DeadLetter): string {
  return CAUSES[reason.code] ?? `Its handling in ${consumer} threw: mend what the reason names.`
}
