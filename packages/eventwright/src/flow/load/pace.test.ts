import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBell } from './bell.ts'
import { keepPace, type Pacing } from './pace.ts'

function pacing(over: Partial<Pacing>): Pacing {
  const { signal } = new AbortController()
  const pace = { kind: 'rate', perSecond: 1000 } as const
  return { pace, length: 50, begin: () => {}, inFlight: () => 0, through: newBell(), signal, ...over }
}

test('orders are due at even times, and what a stall delays is neither left out nor due later', async () => {
  const dues: number[] = []
  await keepPace(
    pacing({
      begin(due) {
        dues.push(due)
        // The event loop stands still as long as ten orders take.
        if (dues.length === 20) for (const end = performance.now() + 10; performance.now() < end; );
      },
    }),
  )
  assert.equal(dues.length, 50)
  const [first = 0] = dues
  for (const [number, due] of dues.entries()) assert.ok(Math.abs(due - first - number) < 1e-6)
})

test('at most so many are in flight, and the next one begins when one is through', async () => {
  const through = newBell()
  const { signal, abort } = aborting()
  let inFlight = 0
  let begun = 0
  let most = 0
  await keepPace(
    pacing({
      pace: { kind: 'max', inFlight: 3 },
      length: 60_000,
      signal,
      through,
      inFlight: () => inFlight,
      begin() {
        if (++begun === 12) abort()
        most = Math.max(most, ++inFlight)
        setImmediate(() => {
          inFlight--
          through.ring()
        })
      },
    }),
  )
  assert.equal(most, 3)
  assert.ok(begun >= 12)
})

for (const pace of [
  { kind: 'rate', perSecond: 1 },
  { kind: 'max', inFlight: 1 },
] as const) {
  test(`the signal ends it at once: ${pace.kind}`, async () => {
    const controller = new AbortController()
    const begin = (): void => void setImmediate(() => controller.abort())
    const { signal } = controller
    let begun = false
    await keepPace(
      pacing({
        pace,
        length: 600_000,
        signal,
        inFlight: () => Number(begun),
        begin() {
          begun = true
          begin()
        },
      }),
    )
    assert.ok(begun)
  })
}

test('where none is through for a second, whoever knows why is asked, and frees what waits in vain', async () => {
  const through = newBell()
  const { signal, abort } = aborting()
  let inFlight = 0
  let begun = 0
  await keepPace(
    pacing({
      pace: { kind: 'max', inFlight: 2 },
      length: 600_000,
      signal,
      through,
      inFlight: () => inFlight,
      begin() {
        inFlight++
        if (++begun > 2) abort()
      },
      onStall() {
        inFlight = 0
        through.ring()
      },
    }),
  )
  assert.equal(begun, 4)
})

function aborting(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
