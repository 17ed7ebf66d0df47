import type { Field, Json, JsonObject, Payload, Place } from '../model/index.ts'
import { dataFault } from './json-schema.ts'
import { suggestion } from './nearest.ts'
import type { Reading } from './reading.ts'
import { at, entriesOf, type Tree } from './tree.ts'

/** The payload as written over the examples. */
export function complete(
  payload: Payload,
  written: JsonObject,
  name: string,
  tree: Tree,
  reading: Reading,
): JsonObject {
  unknownFields(payload.fields, written, name, tree, reading)
  const data = { ...payload.example, ...written }
  const known = Object.keys(written).every((key) => payload.fields.some((f) => f.name === key))
  const fault = known ? dataFault(payload.schema, data) : undefined
  if (fault !== undefined)
    reading.report(
      'scenario-payload',
      placeOfFault(tree, fault),
      `The payload of \`${name}\`: ${fault}.`,
      'Give values that the schema accepts.',
    )
  return data
}

function unknownFields(
  fields: readonly Field[],
  written: JsonObject,
  name: string,
  tree: Tree,
  reading: Reading,
): void {
  notAMap(name, tree, reading)
  const names = fields.map((f) => f.name)
  for (const key of Object.keys(written).filter((k) => !names.includes(k))) {
    const entry = entriesOf(tree).find((e) => e.key === key)
    reading.report(
      'scenario-unknown-name',
      entry?.place ?? tree.place,
      `\`${name}\` has no field \`${key}\`.`,
      suggestion(key, names),
    )
  }
}

/** What is expected of an event or a row: names that exist, and values that they can have. */
export function expectedData(
  name: string,
  fields: readonly Field[],
  written: JsonObject,
  tree: Tree,
  reading: Reading,
): void {
  unknownFields(fields, written, name, tree, reading)
  for (const { name: key, schema } of fields) {
    const value = written[key]
    // Maps and lists match as a subset, which need not hold against the schema.
    if (value === undefined || typeof value === 'object') continue
    const fault = dataFault(schema, value)
    if (fault === undefined) continue
    reading.report(
      'scenario-payload',
      at(tree, key)?.place ?? tree.place,
      `\`${key}\` of \`${name}\` can never be this: it ${fault}.`,
      'Expect a value that the schema accepts.',
    )
  }
}

function notAMap(name: string, tree: Tree, reading: Reading): void {
  if (tree.kind === 'map' || (tree.kind === 'scalar' && (tree.value === null || tree.value === name))) return
  reading.report(
    'wrong-shape',
    tree.place,
    `The data of \`${name}\` is a map of its fields.`,
    `Write \`${name}: { FIELD: VALUE }\`, or \`${name}\` alone.`,
  )
}

/** A fault begins with the path to the field that it is about. */
function placeOfFault(tree: Tree, fault: string): Place {
  const field = /^[^. ]+/.exec(fault)?.[0] ?? ''
  return entriesOf(tree).find((entry) => entry.key === field)?.place ?? placeOf(tree)
}

/** Where a map begins: its first key. */
export function placeOf(tree: Tree): Place {
  return tree.kind === 'map' ? (tree.entries[0]?.place ?? tree.place) : tree.place
}

/** Whether JSON is an object. */
export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
