import type { Aggregate, Field, FieldType, FlowEvent, Payload, Upcast } from '../model/index.ts'
import type { CommandShell } from './command-shell.ts'
import { readExpression } from './expressions.ts'
import { readMapping, writtenIn } from './mapping.ts'
import { suggestion } from './nearest.ts'
import { objectOf, type Reading, text } from './reading.ts'
import { type Present, stateType } from './state.ts'
import { at, dataOf, type Entry, entriesOf } from './tree.ts'

/** What an event's `set` depends on: the payloads, commands and certain fields of its aggregate. */
export type Life = {
  readonly payloads: ReadonlyMap<string, Payload>
  readonly present: Present
  readonly shells: readonly CommandShell[]
}

/** Reads an event: its payload, what it does to the state, its upcasters. */
export function readEvent(entry: Entry, aggregate: Aggregate, life: Life, reading: Reading): FlowEvent {
  const { payloads, present, shells } = life
  const payload = payloads.get(entry.key) ?? reading.types.payload(entry.value, entry.place, aggregate.id)
  const version = Number(text(at(entry.value, 'version')) || '1')
  const to = at(entry.value, 'to')
  const before = shells
    .filter((s) => s.emits.includes(entry.key))
    .flatMap((s) => s.accepts.map((a) => a.name))
  const written = writtenIn(at(entry.value, 'set'))
  const variables = new Map<string, FieldType>([
    ['event', objectOf(payload.fields)],
    ['state', stateType(aggregate, before, present)],
    ['status', { kind: 'string' }],
  ])
  const declared = aggregate.fields.filter((f) => aggregate.declared.includes(f.name))
  const copies = payload.fields.filter((f) => !aggregate.declared.includes(f.name))
  const set = readMapping(
    {
      target: `the state of ${aggregate.name}`,
      fields: declared,
      place: entry.place,
      written,
      scope: { variables },
      copied: [],
      partial: true,
      elsewhere: new Set(),
    },
    reading.report,
  )
  const evolve = [
    ...copies.map((f) => ({
      field: f.name,
      source: { from: 'field' as const, variable: 'event', field: f.name },
      written: false,
      place: f.place,
    })),
    ...set,
  ]
  const isTrue = (key: string): boolean => {
    const tree = at(entry.value, key)
    return tree !== undefined && dataOf(tree) === true
  }
  const base = {
    name: entry.key,
    aggregate: aggregate.name,
    service: aggregate.service,
    place: entry.place,
    wireType: `${reading.namespace}.${entry.key}.v${version}`,
    version,
    payload,
    evolve,
    upcasts: readUpcasts(entry, payload.fields, version, reading),
    public: isTrue('public'),
    private: isTrue('private'),
  }
  return to === undefined || text(to) === '' ? base : { ...base, to: { name: text(to), place: to.place } }
}

/** From each older version what differs. `old` has no type here: it comes from schemas published earlier. */
function readUpcasts(entry: Entry, fields: readonly Field[], version: number, reading: Reading): Upcast[] {
  const variables = new Map<string, FieldType>([['old', { kind: 'any' }]])
  return entriesOf(at(entry.value, 'upcast'))
    .flatMap((upcast) => {
      const from = Number(upcast.key)
      if (!Number.isInteger(from) || from < 1 || from >= version) {
        reading.report(
          'wrong-shape',
          upcast.place,
          `\`${upcast.key}\` is no older version of \`${entry.key}\`, which is at ${version}.`,
          `Use a number from 1 to ${version - 1}.`,
        )
        return []
      }
      const last = from + 1 === version
      const set = entriesOf(upcast.value).flatMap((written) => {
        if (last && !fields.some((f) => f.name === written.key)) {
          reading.report(
            'unknown-target-field',
            written.place,
            `The event ${entry.key} has no field \`${written.key}\`.`,
            suggestion(
              written.key,
              fields.map((f) => f.name),
            ),
          )
        }
        const read = readExpression(written.value, { variables }, reading.report)
        if (read === undefined) return []
        return [
          {
            field: written.key,
            source: { from: 'expression' as const, expression: read.expression },
            written: true,
            place: written.place,
          },
        ]
      })
      return [{ from, set, place: upcast.place }]
    })
    .sort((a, b) => a.from - b.from)
}
