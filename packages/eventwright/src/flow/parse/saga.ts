import type { NamedEvent, Saga, Send } from '../model/index.ts'
import { readKey } from './key.ts'
import { eventNamed, objectOf, type Reading, text } from './reading.ts'
import { namedEvents, readNodes, type Walk } from './saga-nodes.ts'
import { failureType, type SagaScope, withVariable } from './saga-types.ts'
import { readSend, type SendContext, sendTrees } from './send.ts'
import { at, type Entry, itemsOf, type Tree } from './tree.ts'

/** Reads a saga; `undefined` if its start is unknown. */
export function readSaga(entry: Entry, reading: Reading): Saga | undefined {
  const startTree = at(entry.value, 'start')
  const start = eventNamed(reading, text(startTree), startTree?.place ?? entry.place)
  if (start === undefined) return undefined
  const stepsTree = at(entry.value, 'steps')
  const cancel = namedEvents(at(at(entry.value, 'cancel'), 'on'), reading)
  const heard = [
    { event: start.name, place: startTree?.place ?? entry.place },
    ...answersIn(stepsTree, reading),
    ...cancel,
  ]
  const keyField = keyOfStart(entry, start.name, reading)
  const scope: SagaScope = {
    variables: new Map([['start', objectOf(start.payload.fields)]]),
    copied: ['start'],
  }
  const walk: Walk = { reading, key: keyField, names: new Set(), byKey: [] }
  const { nodes, scope: afterwards } = readNodes(stepsTree, scope, walk)
  const mustCarry = [{ event: start.name, place: startTree?.place ?? entry.place }, ...walk.byKey, ...cancel]
  const key = readKey(
    at(entry.value, 'key'),
    mustCarry.flatMap((h) => {
      const event = reading.events.get(h.event)
      return event ? [{ event, place: h.place }] : []
    }),
    { name: keyField.name, place: entry.place },
    reading,
  )
  const ended = (name: 'completed' | 'compensated', s: SagaScope): Send | undefined => {
    const tree = at(entry.value, name)
    return tree === undefined ? undefined : readSend(sendTrees(tree), { reading, key: keyField, scope: s })
  }
  const completed = ended('completed', afterwards)
  const compensated = ended('compensated', withVariable(scope, 'failure', failureType(entry.place)))
  return {
    name: entry.key,
    place: entry.place,
    start: start.name,
    key: { ...key, name: keyField.name, fields: withAnswers(key.fields, heard, keyField.name, reading) },
    nodes,
    cancel,
    hears: [...new Set(heard.map((h) => h.event))],
    ...(completed === undefined ? {} : { completed }),
    ...(compensated === undefined ? {} : { compensated }),
  }
}

/** Answers to the saga's own commands need no key; those that have it still say where it is. */
function withAnswers(
  fields: ReadonlyMap<string, string>,
  heard: readonly NamedEvent[],
  name: string,
  reading: Reading,
): Map<string, string> {
  const all = new Map(fields)
  for (const { event } of heard) {
    const has = reading.events.get(event)?.payload.fields.some((f) => f.name === name)
    if (!all.has(event) && has) all.set(event, name)
  }
  return all
}

function keyOfStart(entry: Entry, start: string, reading: Reading): SendContext['key'] {
  const tree = at(entry.value, 'key')
  const aggregate = reading.aggregates.get(reading.events.get(start)?.aggregate ?? '')
  const written = tree?.kind === 'map' ? text(at(tree, start)) : text(tree)
  const name = written === '' ? (aggregate?.id.name ?? 'id') : written
  return { name, startField: name }
}

function answersIn(tree: Tree | undefined, reading: Reading): NamedEvent[] {
  return itemsOf(tree).flatMap((item) => [
    ...namedEvents(at(item, 'done'), reading),
    ...namedEvents(at(item, 'fail'), reading),
    ...answersIn(at(item, 'parallel'), reading),
    ...answersIn(at(item, 'steps'), reading),
  ])
}
