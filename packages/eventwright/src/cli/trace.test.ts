import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { App } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { idle } from '@eventwright/core/testing'
import type { Trace, TraceNode } from '../inspect/index.ts'
import { folderWith } from './fixtures/command.ts'
import { parseMermaid } from './fixtures/mermaid.ts'
import { eventwright } from './fixtures/one-process.ts'
import { openServices } from './fixtures/two-services.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-trace-'))
const ORDERS = `sqlite:${join(folder, 'orders.db')}`
const PAYMENTS = `sqlite:${join(folder, 'payments.db')}`
const BROKER = `sqlite:${join(folder, 'broker.db')}`
const BOTH = ['--store', ORDERS, PAYMENTS]
after(() => rmSync(folder, { recursive: true }))

before(async () => {
  const { orders, payments } = await openServices(folder)
  const place = (id: string, amount: number): ReturnType<App['execute']> =>
    orders.execute({ type: 'place', aggregate: 'Order', id, data: { amount }, commandId: `click-${id}` })
  await place('paid', 7)
  await idle([orders, payments])
  const authorize = { type: 'authorize', aggregate: 'Payment', id: 'paid', data: { by: 'bank' } }
  await payments.execute({ ...authorize, commandId: 'bank-1' })
  await place('free', 0)
  await place('poor', 9)
  await place('odd', 13)
  await place('open', 6)
  await idle([orders, payments])
  await payments.execute({ ...authorize, type: 'decline', id: 'poor', commandId: 'bank-2' })
  await idle([orders, payments])
  await payments.stop()
  await place('late', 8)
  await orders.idle()
  await orders.stop()
})

async function traced(id: string, ...options: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await eventwright(['trace', id, ...options])
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

/** The tree with its times, which differ from run to run, as `N` and `T`. */
async function tree(id: string, ...options: readonly string[]): Promise<string> {
  const text = await traced(id, ...(options.length > 0 ? options : BOTH))
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .replace(/^ +\+[\d.]+ m?s(?= {2})/gm, '+N')
    .replace(/(after|in) [\d.]+ m?s/g, '$1 N')
    .replace(/^ +/gm, '  ')
}

async function traces(id: string, ...options: readonly string[]): Promise<readonly Trace[]> {
  return JSON.parse(await traced(id, '--json', ...(options.length > 0 ? options : BOTH))).traces
}

test('trace draws over services what a conversation led to, with the answer that came from outside', async () => {
  assert.equal(
    await tree('click-paid'),
    `conversation click-paid, begun T: 3 events in N
  a command to Order-paid: done  [orders]
+N  └─ OrderPlaced  Order-paid@1  [orders]
+N     └─ saga checkout of paid: completed after N  [orders]
+N        └─ pay: request to Payment-paid: done after N  [payments]
+N           ├─ PaymentRequested  Payment-paid@1  [payments]
  └─ a command to Payment-paid: done (of conversation bank-1)  [payments]
+N              └─ Paid  Payment-paid@2 (of conversation bank-1)  [payments]
`,
  )
})

test('trace draws a refusal, what failed by it, and the compensation', async () => {
  assert.equal(
    await tree('click-free'),
    `conversation click-free, begun T: 2 events in N
  a command to Order-free: done  [orders]
+N  └─ OrderPlaced  Order-free@1  [orders]
+N     └─ saga checkout of free: compensated after N  [orders]
+N        ├─ pay: request to Payment-free: refused (NothingToPay) after N  [payments]
+N        │  └─ failed: NothingToPay
+N        ├─ compensation begins: pay failed (NothingToPay)
+N        └─ after compensation: cancel to Order-free: done after N  [orders]
+N           └─ OrderCancelled  Order-free@2  [orders]
`,
  )
})

test('trace finds the event that failed a step, which its saga tells only the type of', async () => {
  assert.match(
    await tree('click-poor'),
    /PaymentRequested.*\n.*a command to Payment-poor: done \(of conversation bank-2\).*\n.*Declined {2}Payment-poor@2 \(of conversation bank-2\).*\n.*failed: Declined\n/,
  )
})

test('trace says what waits, until when, and who parked it why', async () => {
  assert.match(
    await tree('click-odd'),
    /saga checkout of odd: running {2}\[orders\]\n.* pay: request to Payment-odd: waits: payments parked it in payments at T: Error: thirteen; the saga waits until T/,
  )
  assert.match(
    await tree('click-late'),
    /pay: request to Payment-late: waits: none of these stores has decided it; payments takes it from payments\.commands; the saga waits until T\n/,
  )
  assert.match(
    await tree('click-late', ...BOTH, '--broker', BROKER),
    /waits: it is in payments\.commands for payments, which has 1 message to handle; the saga waits until T\n/,
  )
  assert.match(
    await tree('click-open'),
    /saga checkout of open: running {2}\[orders\]\n.* pay: request to Payment-open: done after N; the saga waits until T for what completes the step {2}\[payments\]\n.*PaymentRequested/,
  )
  assert.match(await traced('click-open', '--mermaid', ...BOTH), /waits for what completes the step/)
  assert.doesNotMatch((await tree('click-paid')) + (await tree('click-poor')), /waits/)
  assert.deepEqual(await traces('checkout/late/1/pay/1'), await traces('click-late'))
  assert.deepEqual(readdirSync(folder).sort(), ['broker.db', 'orders.db', 'payments.db'])
})

test('trace names a store by its service, whatever its file is called, unless it is given a name', async () => {
  const stores = [ORDERS, PAYMENTS].map((url, index) => {
    const copy = join(folder, `${index}`, 'store.db')
    cpSync(url.replace('sqlite:', ''), copy)
    return `sqlite:${copy}`
  })
  assert.equal(await tree('click-paid', '--store', ...stores), await tree('click-paid'))
  assert.match(await tree('click-paid', '--store', `shop=${stores[0]}`, PAYMENTS), /OrderPlaced.*\[shop\]/)
})

test('trace takes a conversation, an event, a command or a stream, and finds the same', async () => {
  const whole = await traces('click-paid')
  const events = (nodes: readonly TraceNode[]): readonly TraceNode[] =>
    nodes.flatMap((node) => [...(node.kind === 'event' ? [node] : []), ...events(node.caused)])
  const [placed, requested] = events(whole[0]?.roots ?? [])
  assert.equal(placed?.name, 'OrderPlaced')
  for (const id of [placed?.id, requested?.id, 'checkout/paid/1/pay/1', 'Order-paid', 'saga:checkout-paid'])
    assert.deepEqual(await traces(id ?? ''), whole, id)
  const stream = await traces('Payment-paid')
  assert.deepEqual(
    stream.map(({ correlationId }) => correlationId),
    ['click-paid', 'bank-1'],
  )
})

test('one store alone tells what it knows: a copy of an answer names no store', async () => {
  const text = await tree('click-paid', '--store', ORDERS)
  assert.match(text, /pay: request to Payment-paid: answered; what it caused is in none of these stores\n/)
  assert.match(text, /Paid {2}Payment-paid@2 \(of conversation bank-1\)\n/)
  assert.doesNotMatch(text, /\[orders\]|PaymentRequested/)
  const named = await traces('click-paid', '--store', `sales=${ORDERS}`)
  assert.equal(named[0]?.roots[0]?.service, 'sales')
})

test('trace --mermaid draws a sequence that the real Mermaid takes', async () => {
  for (const id of ['click-paid', 'click-free', 'click-odd', 'Payment-paid'])
    await parseMermaid(await traced(id, '--mermaid', ...BOTH))
  const text = await traced('click-free', '--mermaid', ...BOTH)
  const lines = text.split('\n').map((line) => line.trim())
  const part = (name: string): string =>
    lines.find((line) => line.endsWith(` as ${name}`))?.split(' ')[1] ?? assert.fail(text)
  const [outside, order, saga, payment] = [
    part('outside'),
    part('Order (orders)'),
    part('saga checkout (orders)'),
    part('Payment (payments)'),
  ]
  const arrows = lines.filter((line) => /^part_\d+-/.test(line))
  assert.deepEqual(arrows, [
    `${outside}->>${order}: a command (free)`,
    `${order}-->>${saga}: OrderPlaced (free)`,
    `${saga}->>${payment}: request (free)`,
    `${payment}--x${saga}: refused#58; NothingToPay`,
    `${saga}->>${order}: cancel (free)`,
    `${order}-->>${saga}: OrderCancelled (free)`,
  ])
})

test('events without a command stand below the event that they name as their cause, a circle included', async (t) => {
  const file = join(folderWith(t), 'plain.db')
  const store = await sqlite(file).openStore()
  const event = (id: string, causationId?: string) => ({
    id,
    type: `T${id}`,
    data: {},
    metadata: { correlationId: 'c\u001b[2J', ...(causationId === undefined ? {} : { causationId }) },
  })
  await store.append('a', [event('1'), event('2', '1'), event('3', '2'), event('4', '5'), event('5', '4')])
  await store.append('a', [event('6', '1')], { tenant: 'acme' })
  await store.close()
  const text = await tree('1', '--store', `sqlite:${file}`)
  assert.equal(
    text,
    `conversation c␛[2J, begun T: 6 events in N
+N  T1  a@1
+N  ├─ T2  a@2
+N  │  └─ T3  a@3
+N  └─ T6  acme/a@1
+N  T5  a@5
+N  └─ T4  a@4
`,
  )
  assert.match(await tree('acme/a', '--store', `sqlite:${file}`), /T6/)
  assert.match(await tree('a', '--store', `sqlite:${file}`, '--tenant', 'acme'), /of tenant acme, .*1 event /)
  assert.deepEqual(readdirSync(join(file, '..')), ['plain.db'])
})

test('a stream of many conversations shows its last ones, and says that there are more', async (t) => {
  const file = join(folderWith(t), 'stock.db')
  const store = await sqlite(file).openStore()
  for (let n = 0; n < 8; n++) {
    const metadata = { correlationId: `c-${n}` }
    await store.append('Stock-mug', [{ type: 'Taken', data: { n }, metadata }])
  }
  await store.close()
  const args = ['trace', 'Stock-mug', '--last', '3', '--store', `sqlite:${file}`]
  const { code, stdout, stderr } = await eventwright(args)
  assert.equal(code, 0)
  assert.deepEqual(stdout.match(/c-\d/g), ['c-5', 'c-6', 'c-7'])
  assert.match(stderr, /^Stock-mug has more conversations; these are the last 3 \(--last\)\.\n$/)
})

test('what is nowhere is said, exit 1; a wrong use exit 3; a store that cannot be read exit 4', async () => {
  for (const [args, code, says] of [
    [['nix', ...BOTH], 1, /^No event, command, conversation or stream "nix" in sqlite:/],
    [['click-paid', '--tenant', 'acme', ...BOTH], 1, /tenant "acme"/],
    [['click-paid', '--json', '--mermaid', ...BOTH], 3, /not both/],
    [['click-paid'], 3, /--store/],
    [[...BOTH], 3, /missing required argument 'id'|id/],
    [['click-paid', '--store', 'sqlite:none.db'], 4, /there is no such file/],
    [['click-paid', ...BOTH, '--broker', 'sqlite:none.db'], 4, /there is no such file/],
    [['click-paid', ...BOTH, '--broker', 'memory:'], 3, /--broker memory: is empty/],
  ] as const) {
    const end = await eventwright(['trace', ...args])
    assert.equal(end.code, code, end.stderr)
    assert.match(end.stderr, says)
    assert.equal(end.stdout, '')
  }
})
