import type {
  Aggregate,
  Command,
  Field,
  FieldType,
  FlowEvent,
  JsonObject,
  StateName,
  Upcast,
} from '../model/index.ts'
import { NONE, transitionsOf } from '../model/index.ts'
import { type CommandShell, readCommand, readShell } from './command.ts'
import { readExpression } from './expressions.ts'
import { readMapping, writtenIn } from './mapping.ts'
import { suggestion } from './nearest.ts'
import { objectOf, type Reading, text } from './reading.ts'
import { at, dataOf, type Entry, entriesOf, itemsOf } from './tree.ts'

/** Reads an aggregate with its events and commands into the reading; says whether it was new. */
export function readAggregate(entry: Entry, service: string, reading: Reading): boolean {
  const { report } = reading
  if (reading.aggregates.has(entry.key)) {
    report(
      'duplicate-name',
      entry.place,
      `There is another aggregate \`${entry.key}\` in the flow.`,
      'Give one of them another name.',
    )
    return false
  }
  const id = readId(entry, reading)
  const declared = entriesOf(at(entry.value, 'state')).map((state) => reading.types.initial(state))
  const eventEntries = fresh(entriesOf(at(entry.value, 'events')), reading, 'event')
  const payloads = new Map(eventEntries.map((e) => [e.key, reading.types.payload(e.value, e.place, id)]))
  const fields = stateFields(
    [...payloads.values()].map((p) => p.fields),
    declared.map((d) => d.field),
  )
  const states = collectStates(eventEntries)
  const final = finalStates(entry, states, reading)
  const commandEntries = fresh(entriesOf(at(entry.value, 'commands')), reading, 'command')
  const shells = commandEntries.map((c) =>
    readShell(
      c,
      { service, aggregate: entry.key, states, final, events: eventEntries.map((e) => e.key) },
      reading,
    ),
  )
  const aggregate: Aggregate = {
    name: entry.key,
    service,
    place: entry.place,
    id,
    states,
    final,
    fields,
    declared: declared.map((d) => d.field.name),
    initial: Object.fromEntries(declared.map((d) => [d.field.name, d.value])) as JsonObject,
    commands: commandEntries.map((c) => c.key),
    events: eventEntries.map((e) => e.key),
  }
  reading.aggregates.set(entry.key, aggregate)
  const present = presentFields(aggregate, eventEntries, payloads, shells)
  for (const e of eventEntries)
    reading.events.set(e.key, readEvent(e, aggregate, payloads, present, shells, reading))
  for (const shell of shells) reading.commands.set(shell.name, finish(shell, aggregate, present, reading))
  return true
}

function finish(shell: CommandShell, aggregate: Aggregate, present: Present, reading: Reading): Command {
  const accepted = stateType(
    aggregate,
    shell.accepts.map((s) => s.name),
    present,
  )
  const anywhere = stateType(aggregate, [NONE, ...aggregate.states.map((s) => s.name)], present)
  return readCommand(shell, aggregate, { accepted, anywhere }, reading)
}

function readId(entry: Entry, reading: Reading): Field {
  const tree = at(entry.value, 'id')
  const fields = reading.types.fields(tree)
  const [first] = fields
  if (first !== undefined && fields.length === 1) return { ...first, optional: false }
  if (tree !== undefined) {
    reading.report(
      'wrong-shape',
      tree.place,
      `\`${entry.key}\` has ${fields.length} id fields; expected is one.`,
      'Write `id: { NAME: TYPE }`.',
    )
  }
  return (
    first ?? {
      name: 'id',
      type: { kind: 'string' },
      optional: false,
      example: 'id',
      schema: { type: 'string' },
      place: entry.place,
    }
  )
}

/** The entries whose names are new to the flow. */
function fresh(entries: readonly Entry[], reading: Reading, kind: 'command' | 'event'): Entry[] {
  return entries.filter((entry) => {
    const other = kind === 'event' ? reading.events.get(entry.key) : reading.commands.get(entry.key)
    if (other === undefined) return true
    if (kind === 'event') {
      reading.report(
        'event-of-two-services',
        entry.place,
        `\`${entry.key}\` is an event of \`${other.aggregate}\` (service ${other.service}) already.`,
        'Keep it where the fact arises, and let a saga carry it over.',
      )
    } else {
      reading.report(
        'duplicate-name',
        entry.place,
        `There is another command \`${entry.key}\`, of \`${other.aggregate}\`.`,
        'Give one of them another name.',
      )
    }
    return false
  })
}

function collectStates(events: readonly Entry[]): StateName[] {
  const states = new Map<string, StateName>()
  for (const event of events) {
    const to = at(event.value, 'to')
    const name = text(to)
    if (to !== undefined && name !== '' && !states.has(name)) states.set(name, { name, place: to.place })
  }
  return [...states.values()]
}

function finalStates(entry: Entry, states: readonly StateName[], reading: Reading): StateName[] {
  const names = states.map((s) => s.name)
  return itemsOf(at(entry.value, 'final')).flatMap((item) => {
    const name = text(item)
    if (names.includes(name)) return [{ name, place: item.place }]
    reading.report(
      'unknown-state',
      item.place,
      `No event of \`${entry.key}\` leads to \`${name}\`.`,
      suggestion(name, names),
    )
    return []
  })
}

function stateFields(payloads: readonly (readonly Field[])[], declared: readonly Field[]): Field[] {
  const fields = new Map<string, Field>()
  for (const field of payloads.flat()) {
    const other = fields.get(field.name)
    const same = other === undefined || JSON.stringify(other.schema) === JSON.stringify(field.schema)
    fields.set(field.name, same ? field : { ...field, type: { kind: 'any' }, schema: {} })
  }
  for (const field of declared) fields.set(field.name, field)
  return [...fields.values()]
}

/** The fields that `state` certainly has in each state. */
type Present = ReadonlyMap<string, ReadonlySet<string>>

function presentFields(
  aggregate: Aggregate,
  events: readonly Entry[],
  payloads: ReadonlyMap<string, FlowEvent['payload']>,
  shells: readonly CommandShell[],
): Present {
  const stateAfter = new Map(events.map((e) => [e.key, text(at(e.value, 'to'))]))
  const transitions = transitionsOf(shells, (event) => stateAfter.get(event) || undefined)
  const present = new Map<string, ReadonlySet<string>>([[NONE, new Set(aggregate.declared)]])
  // What is certain only shrinks, so this ends.
  for (let changed = true; changed; ) {
    changed = false
    for (const { from, event, to } of transitions) {
      const before = present.get(from)
      if (before === undefined) continue
      const required =
        payloads
          .get(event)
          ?.fields.filter((f) => !f.optional)
          .map((f) => f.name) ?? []
      const after = new Set([...before, ...required])
      const known = present.get(to)
      const next = known === undefined ? after : new Set([...known].filter((name) => after.has(name)))
      if (known !== undefined && known.size === next.size) continue
      if (to === NONE && known !== undefined) continue
      present.set(to, next)
      changed = true
    }
  }
  return present
}

function stateType(aggregate: Aggregate, states: readonly string[], present: Present): FieldType {
  const sets = states.map((state) => present.get(state) ?? new Set(aggregate.declared))
  return objectOf(
    aggregate.fields.map((field) => ({
      ...field,
      optional: !(sets.length > 0 && sets.every((set) => set.has(field.name))),
    })),
  )
}

function readEvent(
  entry: Entry,
  aggregate: Aggregate,
  payloads: ReadonlyMap<string, FlowEvent['payload']>,
  present: Present,
  shells: readonly CommandShell[],
  reading: Reading,
): FlowEvent {
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
  const setFields = declared.filter((f) => written.some((w) => w.key === f.name))
  const set = readMapping(
    {
      target: `the state of ${aggregate.name}`,
      fields: setFields,
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
