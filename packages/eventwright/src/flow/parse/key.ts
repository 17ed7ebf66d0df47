import type { FlowEvent, Place } from '../model/index.ts'
import type { Reading } from './reading.ts'
import { text } from './reading.ts'
import { at, type Tree } from './tree.ts'

/** The key of a saga or a projection: its name, and the field that holds it in each event. */
export type Key = {
  readonly name: string
  readonly place: Place
  readonly fields: ReadonlyMap<string, string>
}

/** Reads `key:`, a field's name or a map from event to field, for the events that are heard. */
export function readKey(
  tree: Tree | undefined,
  heard: readonly { event: FlowEvent; place: Place }[],
  otherwise: { name: string; place: Place },
  reading: Reading,
): Key {
  const first = heard[0]
  const name = nameOf(tree, first?.event.name) ?? otherwise.name
  const place = tree?.place ?? otherwise.place
  const fields = new Map<string, string>()
  for (const { event, place: at1 } of heard) {
    const written = tree?.kind === 'map' ? text(at(tree, event.name)) : ''
    const field = written === '' ? name : written
    if (event.payload.fields.some((f) => f.name === field && !f.optional)) {
      fields.set(event.name, field)
      continue
    }
    const names = event.payload.fields
      .filter((f) => !f.optional)
      .map((f) => `\`${f.name}\``)
      .join(', ')
    reading.report(
      'key-missing-in-event',
      at1,
      `\`${event.name}\` has no required field \`${field}\`, which is the key.`,
      `Add the field, or say which one it is: \`key: { ${event.name}: … }\`; it has ${names}.`,
    )
  }
  return { name, place, fields }
}

function nameOf(tree: Tree | undefined, first: string | undefined): string | undefined {
  if (tree === undefined) return undefined
  if (tree.kind === 'scalar') return text(tree)
  return text(first === undefined ? undefined : at(tree, first)) || undefined
}
