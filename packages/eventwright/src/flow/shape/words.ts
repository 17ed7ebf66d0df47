import type { Key, Keys, NameKind, Others, Shape } from './shape.ts'

// The words in which the flow file is described.

export const text: Shape = { is: 'text' }
export const cel: Shape = { is: 'cel' }
export const json: Shape = { is: 'json' }
export const yes: Shape = { is: 'true' }
export const duration: Shape = { is: 'duration' }
export const fieldType: Shape = { is: 'field-type' }
export const refer = (of: NameKind): Shape => ({ is: 'name', of, refers: true })
export const named = (of: NameKind): Shape => ({ is: 'name', of, refers: false })
export const integer = (minimum: number): Shape => ({ is: 'integer', minimum })
export const listOf = (of: Shape): Shape => ({ is: 'list', of })
export const oneOrList = (of: Shape): Shape => ({ is: 'either', of: [of, listOf(of)] })
export const either = (...of: Shape[]): Shape => ({ is: 'either', of })
export const map = (keys: Keys, others?: Others): Shape =>
  others ? { is: 'map', keys, others } : { is: 'map', keys }
export const by = (name: NameKind, shape: Shape): Shape => map({}, { name, shape })
export const byRef = (name: NameKind, shape: Shape): Shape => map({}, { name, shape, refers: true })
export const use = (name: string): Shape => ({ is: 'shape', name })
export const key = (shape: Shape, doc: string): Key => ({ shape, doc })
export const must = (shape: Shape, doc: string): Key => ({ shape, doc, required: true })

/** From field names to CEL. */
export const celMap: Shape = by('field', cel)

/** A command to send: its name, or with what differs. */
export const send: Shape = either(
  refer('command'),
  map({
    send: must(refer('command'), 'The command to send.'),
    id: key(cel, "The id of the stream, where it is not the saga's key."),
    with: key(celMap, 'Fields of the command that have another name in the start event.'),
  }),
)

/** The payload of a command, an event or a type. */
export const payloadKeys: Keys = {
  data: key(use('payload'), 'The payload: fields with types, a named type, or a list of both to merge.'),
  schema: key(either(text, json), 'The payload as JSON Schema (2020-12): inline, or the path to a file.'),
}

/** The key of a saga or a projection. */
export const keyShape: Shape = either(named('field'), byRef('event', named('field')))
