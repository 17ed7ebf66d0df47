import {
  type App,
  type Command,
  type CommandResult,
  partsOfStream,
  type RecordedEvent,
} from '@eventwright/core'
import { DecideError } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import { newWrongs, type Wrongs } from './balance/index.ts'
import { type Bell, newBell } from './bell.ts'
import type { LoadFigures } from './figures.ts'
import { flightsOf, SAGA_ENDED } from './flights.ts'
import { type Latencies, latencies } from './latencies.ts'
import type { Orders } from './orders.ts'
import { FLOW_COMPENSATED, FLOW_COMPLETED, stagesOf } from './stages.ts'
import { stepTimes } from './step-times.ts'

/** Begins orders, answers for those outside, and measures. */
export interface Driver {
  /** Begins the next order, which was due at this time of `performance.now()`. */
  begin(due: number): void
  /** What the log tells; only of the types in `hears`. */
  hear(event: RecordedEvent): void
  readonly hears: readonly string[]
  /** Orders begun that are not through, those not counted that wait for an answer which never comes. */
  inFlight(): number
  /** Rings when an order is through. */
  readonly through: Bell
  /** Nothing goes on by itself: every order under way waits for what does not come. */
  allWait(): void
  /** Resolves when every command that was sent is answered. */
  answered(): Promise<void>
  readonly latencies: Latencies
  /** Commands that got an error for an answer. */
  readonly failures: Wrongs
  /** By type the events that were told to whoever sent the commands of orders. */
  acknowledged(): ReadonlyMap<string, number>
  figures(): LoadFigures
}

export interface Driven {
  readonly app: App
  readonly flow: Flow
  readonly orders: Orders
  readonly tenant: string
  /** A failure that makes going on useless. */
  readonly onBroken: (error: unknown) => void
}

export function driverOf({ app, flow, orders, tenant, onBroken }: Driven): Driver {
  const flights = flightsOf(flow)
  const through = newBell()
  const measured = latencies(stagesOf(flow, orders.plan))
  const sampleSteps = stepTimes(app.store, tenant, (step, ms) => measured.record(`step ${step}`, ms))
  const running = new Set<Promise<void>>()
  const refusals: Record<string, number> = {}
  const failures = newWrongs()
  const acknowledged = new Map<string, number>(
    orders.plan.starters.flatMap(({ emits }) => emits.map((event) => [event, 0])),
  )
  const counts = { sent: 0, accepted: 0, unanswered: 0, completed: 0, compensated: 0 }
  let beginning = 0

  function send(command: Command, due: number, then: (result: CommandResult | undefined) => void): void {
    const sending = app
      .execute(command, { tenant })
      .then((result) => {
        measured.record(command.type, performance.now() - due)
        if (result.outcome === 'refused') {
          const name = `${command.type}: ${result.refusal}`
          refusals[name] = (refusals[name] ?? 0) + 1
        }
        then(result)
      })
      .catch((error: unknown) => {
        if (error instanceof DecideError) onBroken(error)
        failures.add(`${command.type}: ${messageOf(error)}`)
        then(undefined)
      })
      .finally(() => running.delete(sending))
    running.add(sending)
  }

  function begin(due: number): void {
    beginning++
    send(orders.order(counts.sent++), due, (result) => {
      beginning--
      if (!result) counts.unanswered++
      if (result?.outcome !== 'events') return through.ring()
      counts.accepted++
      for (const { type } of result.events) acknowledged.set(type, (acknowledged.get(type) ?? 0) + 1)
      const taken = result.events.map((event) => flights.take(event, due))
      if (!taken.includes(true)) through.ring()
    })
  }

  function answer(event: RecordedEvent): void {
    const { type, stream, version, metadata, data } = event
    const answered = { type, stream, version, id: partsOfStream(stream).id, data }
    for (const command of orders.beside(answered)) send(command, performance.now(), () => {})
    const given = orders.answer(answered)
    if (given.kind === 'command') send(given.command, performance.now(), () => {})
    if (given.kind !== 'silent' || typeof metadata.saga !== 'string') return
    flights.wait(metadata.saga)
    through.ring()
  }

  function land(event: RecordedEvent): void {
    const landed = flights.land(event)
    if (!landed) return
    const completed = landed.outcome === 'completed'
    counts[completed ? 'completed' : 'compensated']++
    measured.record(completed ? FLOW_COMPLETED : FLOW_COMPENSATED, performance.now() - landed.due)
    if (completed) sampleSteps(event.stream)
    through.ring()
  }

  return {
    begin,
    hear: (event) => (event.type === SAGA_ENDED ? land(event) : answer(event)),
    hears: [...new Set([...orders.plan.answers.keys(), ...orders.plan.companions.keys(), SAGA_ENDED])],
    inFlight: () => beginning + flights.open - flights.waiting,
    through,
    allWait() {
      flights.wait()
      through.ring()
    },
    async answered() {
      while (running.size > 0) await Promise.all(running)
    },
    latencies: measured,
    failures,
    acknowledged: () => acknowledged,
    figures: () => ({
      ...counts,
      open: flights.open,
      waiting: flights.waiting,
      refusals: { ...refusals },
      failed: failures.count,
      stages: measured.figures(),
    }),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
