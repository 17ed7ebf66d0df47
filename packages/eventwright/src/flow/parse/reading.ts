import type { Report } from '../findings/index.ts'
import type { Aggregate, Command, FieldType, FlowEvent, Place } from '../model/index.ts'
import { suggestion } from './nearest.ts'
import type { Entry, Tree } from './tree.ts'
import { textOf } from './tree.ts'
import type { TypeReader } from './types.ts'

/** What reading one part of a flow needs of the others. */
export type Reading = {
  readonly report: Report
  readonly types: TypeReader
  readonly namespace: string
  readonly aggregates: Map<string, Aggregate>
  readonly commands: Map<string, Command>
  readonly events: Map<string, FlowEvent>
}

/** An object variable with the fields of a payload. */
export function objectOf(fields: readonly FlowEvent['payload']['fields'][number][]): FieldType {
  return { kind: 'object', fields, open: false }
}

/** The event that a scalar names; `undefined` after a finding. */
export function eventNamed(
  reading: Reading,
  name: string,
  place: Place,
  code: 'unknown-event' | 'scenario-unknown-name' = 'unknown-event',
): FlowEvent | undefined {
  const event = reading.events.get(name)
  if (event === undefined)
    reading.report(code, place, `There is no event \`${name}\`.`, suggestion(name, reading.events.keys()))
  return event
}

/** The command that a scalar names; `undefined` after a finding. */
export function commandNamed(
  reading: Reading,
  name: string,
  place: Place,
  code: 'unknown-command' | 'scenario-unknown-name' = 'unknown-command',
): Command | undefined {
  const command = reading.commands.get(name)
  if (command === undefined)
    reading.report(code, place, `There is no command \`${name}\`.`, suggestion(name, reading.commands.keys()))
  return command
}

/** Adds a definition under its name, or reports that the name is taken; says whether it was added. */
export function define<T>(
  map: Map<string, T>,
  entry: Entry,
  kind: string,
  value: () => T,
  report: Report,
): void {
  if (map.has(entry.key)) {
    report(
      'duplicate-name',
      entry.place,
      `There is another ${kind} \`${entry.key}\` in the flow.`,
      'Give one of them another name.',
    )
    return
  }
  map.set(entry.key, value())
}

/** Text of a scalar, or the empty text. */
export function text(tree: Tree | undefined): string {
  return textOf(tree) ?? ''
}
