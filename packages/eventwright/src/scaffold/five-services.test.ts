import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Flow, judge, loadFlow, type Scenario } from '../flow/index.ts'
import { play, post, rest, type Stage, stageOf } from './fixtures/drive-services.ts'
import { scaffolded, WORKED, workshop } from './fixtures/scaffolded.ts'
import { type ServiceProcess, startService } from './fixtures/service-process.ts'
import { testRun, typecheck } from './fixtures/tools.ts'
import type { ScaffoldPlan } from './index.ts'

const { flow: worked } = await loadFlow([WORKED])
assert.ok(worked)
const flow: Flow = worked

describe('the worked flow as five services', { timeout: 900_000 }, () => {
  let folder: Awaited<ReturnType<typeof workshop>>
  let plan: ScaffoldPlan

  before(async () => {
    folder = await workshop()
    plan = await scaffolded({ name: 'shop', into: folder.path, from: WORKED })
  })
  after(() => folder[Symbol.asyncDispose]())

  test('they are written, typed and tested', async () => {
    assert.deepEqual(
      plan.services.map(({ service }) => service),
      ['orders', 'fraud', 'inventory', 'payments', 'shipping'],
    )
    // One check of all five costs a fifth of five checks; each has the same tsconfig.json.
    const [orders, ...others] = plan.services
    assert.ok(orders)
    const together = { extends: './orders/tsconfig.json', include: ['*/src', '*/test'] }
    await writeFile(join(plan.folder, 'tsconfig.json'), JSON.stringify(together))
    const types = await typecheck(plan.folder)
    assert.equal(types.code, 0, types.output)
    await assertTested(orders.folder, 'test/**/*.test.ts')
    // The scenarios of the flow follow below, through all five.
    for (const { folder: other } of others) await assertTested(other, 'test/**/!(scenarios).test.ts')
  })

  describe('as processes that share a broker', () => {
    const processes = new Map<string, ServiceProcess>()
    let stage: Stage

    function start(service: string): Promise<ServiceProcess> {
      const own = plan.services.find((one) => one.service === service)
      return startService(service, own?.folder ?? '', {
        STORE_URL: 'sqlite:data/store.db',
        BROKER_URL: 'sqlite:../broker.db',
        TENANT_HEADER: 'x-tenant',
      })
    }

    before(async () => {
      for (const service of await Promise.all(plan.services.map((one) => start(one.service)))) {
        processes.set(service.name, service)
      }
      stage = await stageOf(flow, [...processes.values()])
    })
    after(async () => {
      for (const service of processes.values()) await service.kill()
    })

    for (const [index, scenario] of flow.scenarios.entries()) {
      test(`${scenario.name}`, async () => {
        assert.ok(scenario.outcomes.length > 0, 'the scenario says what it ends in')
        const happened = await play(stage, scenario, `scenario-${index}`)
        assert.deepEqual(happened.faults, [])
        const judged = scenario.outcomes.map((outcome) => judge(outcome, happened).differences)
        assert.ok(
          judged.some((differences) => differences.length === 0),
          JSON.stringify(judged, undefined, 2),
        )
      })
    }

    test('a service that is killed in the middle of an order, and started again, ends it', async () => {
      const { given, when } = scenarioNamed('an order is fulfilled')
      const [stock] = given
      const [placed, authorized] = when
      assert.ok(stock && placed?.kind === 'command' && authorized?.kind === 'command')
      const at = { tenant: 'killed', id: 'o-9' }
      await processes.get('inventory')?.ask({
        call: 'append',
        stream: 'Stock-mug',
        type: 'StockAdded',
        data: stock.data,
        tenant: at.tenant,
      })
      const sent = await post(stage, 'PlaceOrder', { ...at, data: placed.data, key: 'place' })
      assert.equal(sent.status, 200)
      await processes.get('inventory')?.kill()
      processes.set('inventory', await start('inventory'))
      stage = await stageOf(flow, [...processes.values()])
      await rest(stage)
      const paid = await post(stage, 'AuthorizePayment', { ...at, data: authorized.data, key: 'pay' })
      assert.equal(paid.status, 200)
      await rest(stage)
      const url = `${processes.get('orders')?.url}/order-summary/o-9`
      const row: unknown = await (await fetch(url, { headers: { 'x-tenant': at.tenant } })).json()
      assert.deepEqual(row, {
        customerId: placed.data.customerId,
        total: placed.data.total,
        status: 'confirmed',
      })
      const reserved = await processes.get('inventory')?.ask({ call: 'log', tenant: at.tenant })
      assert.equal(reserved?.filter(({ type }) => type === 'StockReserved').length, 1)
    })

    test('a token that came with a command makes the reader wait for what it did', async () => {
      const url = `${processes.get('inventory')?.url}`
      const headers = { 'x-tenant': 'reads', 'content-type': 'application/json' }
      for (let count = 1; count <= 20; count++) {
        const answer = await fetch(`${url}/stocks/cup/add-stock`, {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': `add-${count}` },
          body: '{"quantity":1}',
        })
        const token = answer.headers.get('consistency-token') ?? ''
        const row = await fetch(`${url}/stock-level/cup?after=${token}`, { headers })
        assert.deepEqual(await row.json(), { available: count })
      }
    })

    test('a read model is read page by page, each row once', async () => {
      const url = `${processes.get('inventory')?.url}`
      const headers = { 'x-tenant': 'pages', 'content-type': 'application/json' }
      for (const sku of ['a', 'b/c', 'd']) {
        await fetch(`${url}/stocks/${encodeURIComponent(sku)}/add-stock`, {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': 'add' },
          body: '{"quantity":1}',
        })
      }
      await rest(stage)
      const keys: unknown[] = []
      let cursor = ''
      for (let pages = 1; ; pages++) {
        const page = await (await fetch(`${url}/stock-level?limit=2${cursor}`, { headers })).json()
        keys.push(...page.items.map(({ key }: { readonly key: string }) => key))
        if (page.next === undefined) {
          assert.equal(pages, 2)
          break
        }
        cursor = `&cursor=${encodeURIComponent(page.next)}`
      }
      assert.deepEqual(keys, ['a', 'b/c', 'd'])
    })
  })

  test('the README shows commands that its paths take', async () => {
    const readme = await readFile(join(plan.services[0]?.folder ?? '', 'README.md'), 'utf8')
    assert.match(readme, /curl -s -X POST 'http:\/\/localhost:3000\/orders\/o-1\/place-order'/)
  })
})

async function assertTested(service: string, pattern: string): Promise<void> {
  const { code, output } = await testRun(service, pattern)
  assert.equal(code, 0, output)
  assert.match(output, /pass [1-9]/)
}

function scenarioNamed(name: string): Scenario {
  const found = flow.scenarios.find((scenario) => scenario.name === name)
  assert.ok(found, name)
  return found
}
