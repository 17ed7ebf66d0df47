import type { FieldType, Projection, ProjectionHandler } from '../model/index.ts'
import { NONE } from '../model/index.ts'
import { schemaOfFields } from './examples.ts'
import { readCondition } from './expressions.ts'
import { readKey } from './key.ts'
import { readMapping } from './mapping.ts'
import { eventNamed, objectOf, type Reading } from './reading.ts'
import { at, dataOf, type Entry, entriesOf } from './tree.ts'

/** Reads a projection. */
export function readProjection(entry: Entry, reading: Reading): Projection {
  const fields = reading.types.fields(at(entry.value, 'fields'))
  const handled = entriesOf(at(entry.value, 'on')).flatMap((on) => {
    const event = eventNamed(reading, on.key, on.place)
    return event === undefined ? [] : [{ on, event, place: on.place }]
  })
  const key = readKey(at(entry.value, 'key'), handled, { name: 'key', place: entry.place }, reading)
  const handlers = handled.map(({ on, event }): ProjectionHandler => {
    const first = canComeFirst(event.name, reading)
    const row = objectOf(fields.map((f) => ({ ...f, optional: f.optional || first })))
    const variables = new Map<string, FieldType>([
      ['event', objectOf(event.payload.fields)],
      ['row', row],
    ])
    const deletes = at(on.value, 'delete')
    const whenTree = at(on.value, 'when')
    const when = whenTree === undefined ? undefined : readCondition(whenTree, { variables }, reading.report)
    const isDelete = deletes !== undefined && dataOf(deletes) === true
    const added = entriesOf(at(on.value, 'add'))
    const addedNames = new Set(added.map((a) => a.key))
    const request = {
      target: `the row of ${entry.key}`,
      place: on.place,
      scope: { variables },
      partial: true as const,
    }
    const set = isDelete
      ? []
      : readMapping(
          {
            ...request,
            fields: fields.filter((f) => !addedNames.has(f.name)),
            written: entriesOf(at(on.value, 'set')),
            copied: [{ variable: 'event', type: objectOf(event.payload.fields) }],
          },
          reading.report,
        )
    const add = readMapping(
      { ...request, fields: fields.filter((f) => addedNames.has(f.name)), written: added, copied: [] },
      reading.report,
    )
    const base = { event: event.name, place: on.place, set, add, delete: isDelete }
    return when === undefined ? base : { ...base, when }
  })
  requireFirst(
    entry,
    fields.filter((f) => !f.optional).map((f) => f.name),
    handlers,
    reading,
  )
  return { name: entry.key, place: entry.place, key, fields, schema: schemaOfFields(fields), handlers }
}

/** Whether the event may be the first of its stream, and so the first for its row. */
function canComeFirst(event: string, reading: Reading): boolean {
  return [...reading.commands.values()].some(
    (c) => c.emits.includes(event) && c.accepts.some((s) => s.name === NONE),
  )
}

/** A row begins with an event that can come first; what it requires must be there from then on. */
function requireFirst(
  entry: Entry,
  required: readonly string[],
  handlers: readonly ProjectionHandler[],
  reading: Reading,
): void {
  for (const handler of handlers) {
    if (handler.delete || !canComeFirst(handler.event, reading)) continue
    const filled = new Set([...handler.set, ...handler.add].map((m) => m.field))
    for (const name of required.filter((r) => !filled.has(r))) {
      reading.report(
        'unmapped-field',
        handler.place,
        `A row of \`${entry.key}\` that begins with \`${handler.event}\` lacks \`${name}\`.`,
        `Set it: \`set: { ${name}: … }\`, or make it optional: \`${name}?\`.`,
      )
    }
  }
}
