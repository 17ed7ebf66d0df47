import type {
  CommandStimulus,
  ExpectedEvent,
  ExpectedRefusal,
  ExpectedRow,
  ExpectedSaga,
  GivenEvent,
  JsonObject,
  Outcome,
  Place,
  Projection,
  Saga,
  Scenario,
  Stimulus,
} from '../model/index.ts'
import { durationMs } from './duration.ts'
import { suggestion } from './nearest.ts'
import { commandNamed, eventNamed, type Reading, text } from './reading.ts'
import { complete, expectedData, isObject, placeOf } from './scenario-data.ts'
import { at, dataOf, type Entry, entriesOf, itemsOf, type Tree } from './tree.ts'

/** The names a scenario may use beside events and commands. */
export type ScenarioNames = {
  readonly sagas: ReadonlyMap<string, Saga>
  readonly projections: ReadonlyMap<string, Projection>
}

const ENDS = ['completed', 'compensated', 'compensating']

/** Reads a scenario: payloads completed from the examples, names checked. */
export function readScenario(entry: Entry, names: ScenarioNames, reading: Reading): Scenario {
  const given = itemsOf(at(entry.value, 'given')).flatMap((item) => readGiven(item, reading))
  const when = itemsOf(at(entry.value, 'when')).flatMap((item) => readStimulus(item, reading))
  const then = at(entry.value, 'then')
  const oneOf = at(then, 'oneOf')
  const trees = oneOf === undefined ? itemsOf(then) : itemsOf(oneOf)
  return {
    name: entry.key,
    place: entry.place,
    given,
    when,
    outcomes: trees.map((tree) => readOutcome(tree, names, reading)),
  }
}

/** The one entry of an item that is not an option: `{ PlaceOrder: {…}, id: c-1 }`. */
function named(
  item: Tree,
  options: readonly string[] = [],
): { name: string; place: Place; payload: JsonObject; tree: Tree } {
  if (item.kind === 'scalar') return { name: item.text, place: item.place, payload: {}, tree: item }
  const entry = entriesOf(item).find((e) => !options.includes(e.key))
  if (entry === undefined) return { name: '', place: item.place, payload: {}, tree: item }
  const data = dataOf(entry.value)
  return { name: entry.key, place: entry.place, payload: isObject(data) ? data : {}, tree: entry.value }
}

function readGiven(item: Tree, reading: Reading): GivenEvent[] {
  const { name, place, payload, tree } = named(item)
  const event = eventNamed(reading, name, place, 'scenario-unknown-name')
  const idField = reading.aggregates.get(event?.aggregate ?? '')?.id.name
  if (event === undefined || idField === undefined) return []
  const data = complete(event.payload, payload, name, tree, reading)
  return [{ event: name, id: String(data[idField]), data, place }]
}

function readStimulus(item: Tree, reading: Reading): Stimulus[] {
  const after = at(item, 'after')
  if (after !== undefined) return [{ kind: 'after', ms: durationMs(text(after)) ?? 0, place: after.place }]
  const together = at(item, 'together')
  if (together === undefined) return readCommandStimulus(item, reading)
  const stimuli = itemsOf(together).flatMap((inner) => readCommandStimulus(inner, reading))
  return [{ kind: 'together', stimuli, place: entriesOf(item)[0]?.place ?? item.place }]
}

function readCommandStimulus(item: Tree, reading: Reading): CommandStimulus[] {
  const { name, place, payload, tree } = named(item, ['id', 'times'])
  const command = commandNamed(reading, name, place, 'scenario-unknown-name')
  const idField = reading.aggregates.get(command?.aggregate ?? '')?.id.name
  if (command === undefined || idField === undefined) return []
  const data = complete(command.payload, payload, name, tree, reading)
  const base = {
    kind: 'command' as const,
    command: name,
    id: String(data[idField]),
    data,
    times: Number(text(at(item, 'times')) || '1'),
    place,
  }
  const commandId = at(item, 'id')
  return [commandId === undefined ? base : { ...base, commandId: text(commandId) }]
}

function readOutcome(tree: Tree, names: ScenarioNames, reading: Reading): Outcome {
  return {
    events: itemsOf(at(tree, 'events')).flatMap((item) => expectedEvent(item, reading)),
    refusals: itemsOf(at(tree, 'refusals')).flatMap((item) => expectedRefusal(item, reading)),
    sagas: entriesOf(at(tree, 'sagas')).flatMap((entry) => expectedSagas(entry, names, reading)),
    rows: entriesOf(at(tree, 'projections')).flatMap((entry) => expectedRows(entry, names, reading)),
    place: placeOf(tree),
  }
}

function expectedEvent(item: Tree, reading: Reading): ExpectedEvent[] {
  const { name, place, payload, tree } = named(item)
  const event = eventNamed(reading, name, place, 'scenario-unknown-name')
  if (event === undefined) return []
  expectedData(name, event.payload.fields, payload, tree, reading)
  return [{ event: name, data: payload, place }]
}

function expectedRefusal(item: Tree, reading: Reading): ExpectedRefusal[] {
  const { name, place, tree } = named(item)
  const all = (command: { refuses: readonly string[] }): string[] => [...command.refuses, 'WrongState']
  if (item.kind === 'map') {
    const command = commandNamed(reading, name, place, 'scenario-unknown-name')
    const refusal = text(tree)
    if (command === undefined || knownRefusal(refusal, all(command), tree.place, reading))
      return command === undefined ? [] : [{ refusal, command: name, place }]
    return []
  }
  const refusals = [...reading.commands.values()].flatMap(all)
  return knownRefusal(name, refusals, place, reading) ? [{ refusal: name, place }] : []
}

function knownRefusal(name: string, known: readonly string[], place: Place, reading: Reading): boolean {
  if (known.includes(name)) return true
  reading.report(
    'scenario-unknown-name',
    place,
    `There is no refusal \`${name}\`.`,
    suggestion(name, new Set(known)),
  )
  return false
}

function expectedSagas(entry: Entry, names: ScenarioNames, reading: Reading): ExpectedSaga[] {
  const saga = names.sagas.get(entry.key)
  if (saga === undefined) {
    reading.report(
      'scenario-unknown-name',
      entry.place,
      `There is no saga \`${entry.key}\`.`,
      suggestion(entry.key, names.sagas.keys()),
    )
    return []
  }
  const states = [...ENDS, ...stepNames(saga.nodes)]
  const one = (tree: Tree, key?: string): ExpectedSaga[] => {
    const state = text(tree)
    if (!states.includes(state)) {
      reading.report(
        'unknown-step',
        tree.place,
        `\`${entry.key}\` has no step \`${state}\`.`,
        suggestion(state, states),
      )
      return []
    }
    const base = { saga: entry.key, state, place: tree.place }
    return [key === undefined ? base : { ...base, key }]
  }
  if (entry.value.kind === 'scalar') return one(entry.value)
  return entriesOf(entry.value).flatMap((byKey) => one(byKey.value, byKey.key))
}

function stepNames(nodes: Saga['nodes']): string[] {
  return nodes.flatMap((node) =>
    node.kind === 'step' || node.kind === 'wait' ? [node.name] : stepNames(node.nodes),
  )
}

function expectedRows(entry: Entry, names: ScenarioNames, reading: Reading): ExpectedRow[] {
  const projection = names.projections.get(entry.key)
  if (projection === undefined) {
    reading.report(
      'scenario-unknown-name',
      entry.place,
      `There is no projection \`${entry.key}\`.`,
      suggestion(entry.key, names.projections.keys()),
    )
    return []
  }
  return entriesOf(entry.value).map((row) => {
    const data = dataOf(row.value)
    if (isObject(data)) expectedData(entry.key, projection.fields, data, row.value, reading)
    return { projection: entry.key, key: row.key, fields: isObject(data) ? data : null, place: row.place }
  })
}
