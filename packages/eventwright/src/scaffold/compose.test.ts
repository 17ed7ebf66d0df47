import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { asObject, loadFlow } from '../flow/index.ts'
import { WORKED } from './fixtures/scaffolded.ts'
import { planScaffold } from './index.ts'

type Parts = Readonly<Record<string, unknown>>

const part = (whole: unknown, ...path: readonly string[]): Parts =>
  path.reduce<Parts>((found, name) => asObject(found[name]), asObject(whole))

async function composeFilesOf(service: string): Promise<(name: string) => Parts> {
  const plan = await planScaffold({
    name: service,
    into: '/nowhere',
    from: WORKED,
    service,
    version: '0.1.0',
  })
  const files = new Map(plan.services.flatMap(({ files }) => files).map(({ path, text }) => [path, text]))
  return (name) => asObject(parse(files.get(name) ?? assert.fail(`there is no ${name}`)))
}

test('all services of a flow share one PostgreSQL and one Kafka: each has a schema, and the broker is the same', async () => {
  const { flow } = await loadFlow([WORKED])
  const urls = await Promise.all(
    [...(flow?.services.keys() ?? [])].map(async (service) => {
      const file = await composeFilesOf(service)
      assert.equal(file('compose.yaml').name, 'shop')
      const { STORE_URL, BROKER_URL } = part(
        file('compose.postgres.yaml'),
        'services',
        service,
        'environment',
      )
      assert.deepEqual(part(file('compose.kafka.yaml'), 'services', service, 'environment'), {
        BROKER_URL: 'kafka://kafka:9092',
      })
      return { STORE_URL, BROKER_URL }
    }),
  )
  assert.equal(new Set(urls.map(({ STORE_URL }) => STORE_URL)).size, 5)
  assert.deepEqual(
    new Set(urls.map(({ BROKER_URL }) => BROKER_URL)),
    new Set(['postgres://shop:shop@postgres:5432/shop?schema=broker']),
  )
})

test('engines are of one version, pinned, watched by a health check, and waited for', async () => {
  const file = await composeFilesOf('orders')
  const own = asObject(parse(readFileSync(join(import.meta.dirname, '../../../../compose.yaml'), 'utf8')))
  for (const [name, path] of [
    ['postgres', 'compose.postgres.yaml'],
    ['kafka', 'compose.kafka.yaml'],
  ] as const) {
    const engine = part(file(path), 'services', name)
    assert.match(String(engine.image), /^[\w/]+:\d+\.\d+(\.\d+)?$/)
    assert.equal(engine.image, part(own, 'services', name).image)
    for (const whole of [file(path), own]) {
      assert.ok(Array.isArray(part(whole, 'services', name, 'healthcheck').test), name)
    }
    assert.deepEqual(part(file(path), 'services', 'orders', 'depends_on', name), {
      condition: 'service_healthy',
    })
  }
})
