import {
  type Aggregate,
  type Command,
  type Field,
  type JsonObject,
  NONE,
  type StateName,
} from '../model/index.ts'
import { readCommand } from './command.ts'
import { type CommandShell, readShell } from './command-shell.ts'
import { readEvent } from './event.ts'
import { suggestion } from './nearest.ts'
import { type Reading, text } from './reading.ts'
import { type Present, presentFields, stateType } from './state.ts'
import { at, type Entry, entriesOf, itemsOf } from './tree.ts'

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
    reading.events.set(e.key, readEvent(e, aggregate, { payloads, present, shells }, reading))
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
