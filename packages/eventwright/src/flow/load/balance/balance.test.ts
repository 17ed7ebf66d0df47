import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type App, eventwright, memory, type RecordedEvent } from '@eventwright/core'
import { compileFlow, loadDeciders } from '../../compile/index.ts'
import type { Flow } from '../../model/index.ts'
import { loadFlow } from '../../parse/index.ts'
import { runLoad } from '../index.ts'
import { type Balance, checkBalance } from './index.ts'

const WORKED =
  '../../../../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml'

/** One honest run; each test looks at it through a log in which something is changed. */
let flow: Flow
let app: App
let log: readonly RecordedEvent[]
const engine = memory()

before(async () => {
  const loaded = await loadFlow([join(import.meta.dirname, WORKED)])
  flow = loaded.flow ?? assert.fail(JSON.stringify(loaded.findings))
  const pace = { kind: 'rate', perSecond: 150 } as const
  await runLoad(flow, { seed: '7', pace, length: 400, instances: 9, store: engine, broker: engine })
  const compiled = compileFlow(flow, await loadDeciders(flow))
  const run = compiled.parts({ now: () => '', onFault: () => {} })
  app = await eventwright({ name: 'flow.run', store: engine, run, start: false })
  log = await wholeLog(app)
})
after(() => app.stop())

async function wholeLog({ store }: App): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (let from = 0; ; ) {
    const slice = await store.readAll({ after: from })
    events.push(...slice.events)
    if (slice.examined === from) return events
    from = slice.examined
  }
}

/** The balance of a log, as a store would read it. */
function balanceOf(
  events: readonly RecordedEvent[],
  more: Parameters<typeof checkBalance>[2] = {},
): Promise<Balance> {
  const head = events.at(-1)?.position ?? 0
  const store = {
    head: async () => head,
    async readAll({ after: from = 0 }) {
      return { events: events.filter(({ position }) => position > from), examined: head }
    },
  }
  const { documents, caughtUp, deadLetters } = app
  return checkBalance({ store, documents, caughtUp, deadLetters }, flow, {
    tenant: 'load-7',
    settled: true,
    ...more,
  })
}

/** The events with the versions that they would have without a gap. */
function renumbered(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const versions = new Map<string, number>()
  return events.map((event) => {
    const version = (versions.get(event.stream) ?? 0) + 1
    versions.set(event.stream, version)
    return { ...event, version }
  })
}

function bad({ checks }: Balance): readonly string[] {
  return checks.filter(({ good }) => !good).map(({ check, of }) => `${check} ${of}`.trimEnd())
}

function position(of: (event: RecordedEvent) => boolean): number {
  return log.findLast(of)?.position ?? assert.fail('the run had no such event')
}

const ofType = (type: string) => (event: RecordedEvent) => event.type === type
const withGapAt = (gone: number) => log.filter((event) => event.position !== gone)
const without = (gone: number) => renumbered(withGapAt(gone))
const ended = (outcome: string) => (event: RecordedEvent) =>
  event.type === 'eventwright.saga.Ended' && JSON.stringify(event.data).includes(outcome)

const SAGA = 'eventwright.saga.'
const sentBy = (command: string) => (event: RecordedEvent) =>
  event.type === `${SAGA}CommandSent` && JSON.stringify(event.data).includes(`"${command}"`)
const handledBy = (label: string) => (event: RecordedEvent) =>
  event.type === 'eventwright.CommandHandled' && JSON.stringify(event.data).includes(label)
const undone = () => (event: RecordedEvent) => event.type === `${SAGA}StepCompensated`

/** The event stands there again, right behind itself. */
function twice(of: (event: RecordedEvent) => boolean): readonly RecordedEvent[] {
  const at = position(of)
  return renumbered(
    log.flatMap((event) =>
      event.position === at ? [event, { ...event, id: `${event.id}-again`, position: at + 0.5 }] : [event],
    ),
  )
}

function withChanged(
  of: (event: RecordedEvent) => boolean,
  change: (event: RecordedEvent) => Partial<RecordedEvent>,
): readonly RecordedEvent[] {
  const at = position(of)
  return log.map((event) => (event.position === at ? { ...event, ...change(event) } : event))
}

function replaced(data: unknown, pattern: RegExp, by: string): unknown {
  return JSON.parse(JSON.stringify(data).replaceAll(pattern, by))
}

/** Without a compensation, from its sending to the answer. */
function withoutUndo(): readonly RecordedEvent[] {
  const run = log.findLast(undone())?.stream ?? assert.fail()
  return renumbered(
    log.filter(({ stream, type, metadata, data }) => {
      if (metadata.saga === run && metadata.commandId?.includes(':undo/')) return false
      return stream !== run || (type !== `${SAGA}StepCompensated` && !JSON.stringify(data).includes(':undo/'))
    }),
  )
}

/** As a service decides that forgets to give back. */
function nothingReleased(): readonly RecordedEvent[] {
  const command = log.findLast(ofType('StockReleased'))?.metadata.commandId
  return renumbered(
    log
      .filter(({ type, metadata }) => type !== 'StockReleased' || metadata.commandId !== command)
      .map((event) =>
        event.type === 'eventwright.CommandHandled' && event.metadata.commandId === command
          ? { ...event, data: replaced(event.data, /"outcome":"events"/g, '"outcome":"nothing"') }
          : event,
      ),
  )
}

/** The run that completed last. */
const completedRun = (): string => log.findLast(ended('completed'))?.stream ?? assert.fail()
const startedIt = (event: RecordedEvent) => event.type === `${SAGA}Started` && event.stream === completedRun()
const ofCompleted = (type: string) => (event: RecordedEvent) =>
  event.type === type && event.metadata.saga === completedRun()

const sentInCompleted = (command: string) => (event: RecordedEvent) =>
  sentBy(command)(event) && event.stream === completedRun()

/** What a command of a run led to comes later than its run ended. */
function afterTheEnd(): readonly RecordedEvent[] {
  const late = log.find(ofCompleted('ShipmentCreated')) ?? assert.fail()
  const end = position(ended('completed'))
  return renumbered(
    log.flatMap((event) => {
      if (event === late) return []
      return event.position === end
        ? [
            { ...event, position: end - 0.5 },
            { ...late, position: end },
          ]
        : [event]
    }),
  )
}

test('an honest run balances, and has all kinds of ends', async () => {
  const balance = await balanceOf(log)
  assert.deepEqual(bad(balance), [])
  const saga = balance.checks.find(({ check }) => check === 'saga')?.figures
  assert.ok(saga?.completed && saga.compensated, JSON.stringify(saga))
  const kinds = [...new Set(balance.checks.map(({ check }) => check))]
  assert.deepEqual(kinds, ['log', 'aggregate', 'commands', 'saga', 'quantity', 'projection', 'parked'])
})

/** By what is wrong with the log: the log, and the lines that turn bad. */
const WRONG: Readonly<Record<string, readonly [() => readonly RecordedEvent[], readonly string[]]>> = {
  'a stream has a gap': [
    () => withGapAt(position(ofCompleted('PaymentRequested'))),
    ['log streams', 'aggregate Payment', 'commands of sagas', 'quantity RequestPayment.amount'],
  ],
  'an id stands twice': [
    () => withChanged(ofType('ShipmentCreated'), () => ({ id: log[0]?.id ?? '' })),
    ['log ids'],
  ],
  'positions go back': [
    () => withChanged(ofType('ShipmentCreated'), () => ({ position: 1 })),
    ['log streams'],
  ],
  'a start began no run': [
    () => without(position(startedIt)),
    ['saga Fulfilment', 'quantity ReserveStock.quantity', 'quantity RequestPayment.amount'],
  ],
  'one start began two runs': [() => twice(startedIt), ['saga Fulfilment']],
  'a run never ended': [() => without(position(ended('completed'))), ['saga Fulfilment']],
  'a run completed with a step that was never sent': [
    () => without(position(sentInCompleted('CreateShipment'))),
    ['saga Fulfilment'],
  ],
  'a run completed and the answer of a step is missing': [
    () => without(position(ofCompleted('ShipmentCreated'))),
    ['commands of sagas', 'saga Fulfilment'],
  ],
  'an answer from outside is missing': [
    () =>
      without(
        position(
          ({ type, stream }) =>
            type === 'PaymentAuthorized' && completedRun().endsWith(stream.slice('Payment'.length)),
        ),
      ),
    ['saga Fulfilment'],
  ],
  'a step is done twice': [
    () => twice(ofCompleted('StockReserved')),
    ['commands of sagas', 'quantity ReserveStock.quantity', 'projection StockLevel'],
  ],
  'a command carries other data than the flow says': [
    () =>
      withChanged(sentInCompleted('RequestPayment'), (event) => ({
        data: replaced(event.data, /"amount":\d+/g, '"amount":1'),
      })),
    ['commands of sagas', 'saga Fulfilment'],
  ],
  'an event carries another amount than its command': [
    () =>
      withChanged(ofType('StockReserved'), (event) => ({
        data: replaced(event.data, /"quantity":\d+/g, '"quantity":999'),
      })),
    ['commands of sagas', 'quantity ReserveStock.quantity', 'projection StockLevel'],
  ],
  'what was done is not undone': [
    () => withoutUndo(),
    ['saga Fulfilment', 'quantity ReserveStock.quantity', 'projection StockLevel'],
  ],
  'a compensation is answered, and its event is missing': [
    () => without(position(ofType('StockReleased'))),
    ['commands of sagas', 'saga Fulfilment', 'quantity ReserveStock.quantity', 'projection StockLevel'],
  ],
  'a compensation came to nothing where something was held': [
    () => nothingReleased(),
    ['commands of sagas', 'quantity ReserveStock.quantity', 'projection StockLevel'],
  ],
  'the last command of a run was never answered': [
    () => without(position(handledBy(':compensated'))),
    ['saga Fulfilment'],
  ],
  'an event came after its run had ended': [() => afterTheEnd(), ['commands of sagas', 'saga Fulfilment']],
  'an event is not allowed in its state': [
    () => twice(ofCompleted('OrderConfirmed')),
    ['aggregate Order', 'commands of sagas'],
  ],
}

describe('a balance is bad where', () => {
  for (const [name, [change, expected]] of Object.entries(WRONG)) {
    test(name, async () => {
      assert.deepEqual(bad(await balanceOf(change())), expected)
    })
  }
})

test('what was acknowledged and is not in the log is missed, and what was acknowledged to nobody is found', async () => {
  const logged = log.filter(ofType('OrderPlaced')).length
  const told = (number: number, unanswered = 0) =>
    balanceOf(log, { acknowledged: new Map([['OrderPlaced', number]]), unanswered })
  assert.deepEqual(bad(await told(logged)), [])
  assert.deepEqual(bad(await told(logged + 1)), ['event OrderPlaced'])
  assert.deepEqual(bad(await told(logged - 1)), ['event OrderPlaced'])
  assert.deepEqual(bad(await told(logged - 1, 1)), [])
})

test('a run that has not ended is no fault while something may be on its way', async () => {
  const balance = await balanceOf(without(position(ended('completed'))), { settled: false })
  assert.deepEqual(bad(balance), [])
  assert.equal(balance.checks.find(({ check }) => check === 'saga')?.figures.underWay, 1)
})

test('of what is wrong the number is told, and the first few, each by its key', async () => {
  const { checks } = await balanceOf(renumbered(log.filter((event) => event.type !== 'ShipmentCreated')))
  const saga = checks.find(({ check }) => check === 'saga')
  assert.equal(saga?.wrong, log.filter(ofType('ShipmentCreated')).length)
  assert.equal(saga.examples.length, 5)
  assert.match(
    saga.examples[0] ?? '',
    /^o-1-7-\d+: step ship: ShipmentCreated is missing in Shipment-o-1-7-\d+$/,
  )
})

test('rows are held against the log, one by one', async () => {
  const { checks } = await balanceOf([])
  const rows = (name: string) => checks.find(({ check, of }) => check === 'projection' && of === name)
  assert.match(rows('StockLevel')?.examples[0] ?? '', /^mug-1 is a row that no event makes$/)
  assert.equal(rows('StockLevel')?.wrong, 9)
})
