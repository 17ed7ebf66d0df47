import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type AppOptions, memory } from '@eventwright/core'
import { type Flow, runFlow, type ScenarioResult } from '../../flow/index.ts'
import { openWorkshop } from './fixtures/workshop.ts'
import { domainFiles } from './index.ts'

const REPOSITORY = join(import.meta.dirname, '../../../../..')
const WORKED = join(
  REPOSITORY,
  'skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
)
const FIXTURES = join(REPOSITORY, 'packages/eventwright/src/flow/run/fixtures')
/** Each has many features of the flow file in it. */
const FLOWS = {
  worked: WORKED,
  commands: join(FIXTURES, 'commands.yaml'),
  sagas: join(FIXTURES, 'sagas.yaml'),
  projections: join(FIXTURES, 'projections.yaml'),
  faults: join(FIXTURES, 'faults.yaml'),
  awkward: join(import.meta.dirname, 'fixtures/awkward.yaml'),
  expressions: join(import.meta.dirname, 'fixtures/expressions.yaml'),
} as const
/** Scenarios of the worked flow that take every service through all that it does. */
const TELLING = [
  'an order of two articles reserves both',
  'a declined card releases the stock',
  'a suspected fraud never reaches the stock',
  'there is not enough stock',
  'the gateway answers after the time-out, and nothing more happens',
  'another command for the same order is refused',
  'the customer withdraws while the payment is pending',
]
const workshop = openWorkshop()
const flows = new Map<string, Flow>()
after(() => workshop[Symbol.dispose]())
before(async () => {
  for (const [name, file] of Object.entries(FLOWS)) flows.set(name, (await workshop.write(name, file)).flow)
})

function flowNamed(name: keyof typeof FLOWS): Flow {
  const flow = flows.get(name)
  assert.ok(flow)
  return flow
}

async function played(
  name: keyof typeof FLOWS,
  services: readonly string[],
  scenarios?: readonly string[],
): Promise<readonly ScenarioResult[]> {
  const written: Record<string, AppOptions['run']> = {}
  for (const service of services) written[service] = await workshop.parts(name, service)
  return runFlow(flowNamed(name), { written, store: memory(), ...(scenarios ? { scenarios } : {}) })
}

function failures(results: readonly ScenarioResult[]): readonly unknown[] {
  return results
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ scenario, judgement, happened }) => [
      scenario.name,
      judgement?.differences.map(({ message }) => message),
      happened.faults.map(({ message }) => message),
    ])
}

describe('the domain that is written from a flow', { timeout: 900_000 }, () => {
  test('has no type error, nothing unused, and no any', async () => {
    assert.equal(await workshop.typecheck(), '')
    for (const file of globSync('*/*/{src,test}/**/*.ts', { cwd: workshop.path })) {
      const text = readFileSync(join(workshop.path, file), 'utf8')
      if (!file.includes('withdraw.ts')) assert.doesNotMatch(text, /\bany\b|as unknown as|\bundefined!/, file)
    }
  })

  test('passes the tests that were derived for it', async () => {
    const files = globSync('{worked,commands,projections,awkward,expressions}/*/test/*.test.ts', {
      cwd: workshop.path,
    })
    const output = await workshop.test(files.filter((file) => !file.endsWith('scenarios.test.ts')))
    assert.match(output, /fail 0\b/, output)
    assert.match(output, /pass [5-9]\d\b/, output)
  })

  test('has a test for every refusal and every transition of the worked flow', () => {
    const tests = [
      'orders/test/order',
      'inventory/test/stock',
      'payments/test/payment',
      'fraud/test/screening',
    ].map((name) => readFileSync(join(workshop.path, 'worked', `${name}.test.ts`), 'utf8'))
    const all = tests.join('\n')
    for (const refusal of ['EmptyOrder', 'DuplicateLine', 'OverLimit', 'NotEnoughStock', 'WrongState']) {
      assert.match(all, new RegExp(`refused\\('${refusal}'\\)`))
    }
    for (const event of [...flowNamed('worked').events.keys()].filter((name) => name !== 'ShipmentCreated')) {
      assert.match(all, new RegExp(`then\\([^]*'${event}'`))
    }
  })

  test('is the same each time', async () => {
    const loaded = await workshop.write('again', WORKED)
    const files = await domainFiles(loaded, 'orders')
    for (const { path, text } of files) {
      assert.equal(readFileSync(join(workshop.path, 'worked/orders', path), 'utf8'), text)
    }
  })

  test('of a service that the flow has not is an error that names those that it has', async () => {
    const loaded = await workshop.write('again', WORKED)
    await assert.rejects(domainFiles(loaded, 'billing'), /no service billing. It has: orders, fraud/)
    await assert.rejects(runFlow(loaded.flow, { written: { billing: [] } }), /no service billing/)
  })
})

describe('scenarios with services written by hand', { timeout: 900_000, concurrency: 4 }, () => {
  for (const service of ['orders', 'fraud', 'inventory', 'payments', 'shipping']) {
    test(`end as the worked flow says with ${service} in it`, async () => {
      const results = await played('worked', [service], TELLING)
      assert.equal(results.length, TELLING.length)
      assert.deepEqual(failures(results), [])
    })
  }

  test('all end as the flow says with every service in it', async () => {
    for (const name of ['worked', 'commands', 'projections', 'awkward', 'expressions'] as const) {
      assert.deepEqual(failures(await played(name, [...flowNamed(name).services.keys()])), [], name)
    }
  })

  test('sagas written from the flow take every way that the flow says', async () => {
    const services = [...flowNamed('sagas').services.keys()]
    assert.deepEqual(failures(await played('sagas', services)), [])
  })

  test('an expression that fails in the flow fails in TypeScript too', async () => {
    const results = await played('faults', ['sums'])
    const byHand = results.map(({ verdict }) => verdict)
    const byFlow = (await played('faults', [])).map(({ verdict }) => verdict)
    assert.deepEqual(byHand, byFlow)
    assert.ok(byHand.includes('failed'))
  })

  /** What somebody could get wrong in each file, and a scenario that must see it. */
  const mistakes: readonly (readonly [string, string, string, string])[] = [
    ['orders/src/domain/order.ts', '1_000_000', '2_000_000', 'an order over the limit is refused'],
    [
      'orders/src/domain/order.ts',
      "'withdrawn'",
      "'gone'",
      'the customer withdraws while the payment is pending',
    ],
    ['orders/src/domain/order.ts', "reject('EmptyOrder')", '[]', 'an order without lines is refused'],
    [
      'orders/src/domain/order-summary.ts',
      "status: 'confirmed'",
      "status: 'placed'",
      'an order is fulfilled',
    ],
    [
      'orders/src/domain/fulfilment.ts',
      "timeout: '15m'",
      "timeout: '25m'",
      'the gateway stays silent until the time-out',
    ],
    [
      'orders/src/domain/fulfilment.ts',
      "cancel: 'OrderCancelled',",
      '',
      'the customer withdraws while the payment is pending',
    ],
    [
      'inventory/src/domain/stock.ts',
      'data.quantity > state.available',
      'data.quantity >= state.available',
      'an order is fulfilled',
    ],
    ['inventory/src/domain/stock-level.ts', '- data.quantity', '+ data.quantity', 'an order is fulfilled'],
    [
      'payments/src/domain/payment.ts',
      "{ type: 'PaymentAuthorized', data: { orderId: id } }",
      '[]',
      'an order is fulfilled',
    ],
    [
      'payments/src/domain/payment.ts',
      "if (state.status === 'voided') return []\n",
      '',
      'the gateway answers after the time-out, and nothing more happens',
    ],
    ['fraud/src/domain/screening.ts', '> 500_000', '> 700_000', 'a suspected fraud never reaches the stock'],
    [
      'shipping/src/domain/shipment.ts',
      "{ type: 'ShipmentCreated', data: { orderId: id, lines: data.lines } }",
      '[]',
      'an order is fulfilled',
    ],
  ]
  for (const [index, [file, right, wrong, scenario]] of mistakes.entries()) {
    test(`${file} with ${wrong || 'nothing'} for ${right.trim()} is found`, async () => {
      const text = readFileSync(join(workshop.path, 'worked', file), 'utf8')
      assert.ok(text.includes(right), `${file} has no ${right}`)
      const [service = '', name = ''] = [file.split('/')[0], file.split('/').at(-1)]
      const changed = `mistake-${index}.ts`
      const folder = join(workshop.path, 'worked', service, 'src/domain')
      writeFileSync(join(folder, changed), text.replace(right, wrong))
      const parts = readFileSync(join(folder, 'index.ts'), 'utf8')
      writeFileSync(join(folder, `parts-${index}.ts`), parts.replace(`./${name}`, `./${changed}`))
      const { parts: own } = await import(join(folder, `parts-${index}.ts`))
      const results = await runFlow(flowNamed('worked'), {
        written: { [service]: own },
        store: memory(),
        scenarios: [scenario],
      })
      assert.deepEqual(
        results.map(({ verdict }) => verdict),
        ['failed'],
      )
    })
  }
})
