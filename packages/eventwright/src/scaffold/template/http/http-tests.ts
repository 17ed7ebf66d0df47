import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'test/http.test.ts',
  owner: 'yours',
  text: `import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, ConnectionLost, StoreOverloaded } from '@eventwright/core'
import { pino } from 'pino'
import { openApp } from '../src/app.ts'
import { type ApiCommand, api } from '../src/generated/api.ts'
import { name } from '../src/generated/services.ts'
import { messageKey } from '../src/http/outcome.ts'
import { buildServer, type HttpServer } from '../src/http/server.ts'

interface Opened extends HttpServer, AsyncDisposable {
  readonly app: App
}

async function open(tenantHeader?: string): Promise<Opened> {
  const app = await openApp({ storeUrl: 'memory:', brokerUrl: 'memory:' })
  const settings = { bodyLimit: 10_000, tenantHeader }
  const http = buildServer({ app, settings, logger: pino({ level: 'silent' }) })
  return {
    ...http,
    app,
    async [Symbol.asyncDispose]() {
      await http.server.close()
      await app.stop()
    },
  }
}

const pathOf = ({ path, name, exampleId }: ApiCommand) => \`\${path}/\${encodeURIComponent(exampleId)}/\${name}\`

function send({ server }: Opened, command: ApiCommand, headers: Record<string, string>, payload?: object) {
  return server.inject({ method: 'POST', url: pathOf(command), headers, payload: payload ?? command.example })
}

function portOf({ server }: Opened): number {
  const [address] = server.addresses()
  return typeof address === 'object' ? address.port : 0
}

for (const command of api.commands) {
  test(\`\${command.type} is decided once, however often it is sent\`, async () => {
    await using service = await open()
    const first = await send(service, command, { 'idempotency-key': 'k-1' })
    assert.ok([200, 409].includes(first.statusCode), first.body)
    assert.match(String(first.headers['consistency-token']), /:\\d+$/)
    const again = await send(service, command, { 'idempotency-key': '"k-1"' })
    assert.deepEqual(
      { ...again.json<object>(), duplicate: false },
      { ...first.json<object>(), duplicate: false },
    )
    const { events } = await service.app.store.readAll()
    assert.equal(
      events.filter(({ metadata }) => metadata.commandId === 'k-1').length,
      first.json().events?.length ?? 0,
    )
  })

  test(\`\${command.type} needs an Idempotency-Key, and one that is well formed\`, async () => {
    await using service = await open()
    const missing = await send(service, command, {})
    assert.equal(missing.statusCode, 400)
    assert.equal(missing.headers['content-type'], 'application/problem+json; charset=utf-8')
    assert.equal(missing.json().type, 'urn:problem:idempotency-key-missing')
    const malformed = await send(service, command, { 'idempotency-key': 'two words' })
    assert.equal(malformed.json().type, 'urn:problem:idempotency-key-malformed')
  })

  test(\`\${command.type} says where its payload is wrong\`, async () => {
    await using service = await open()
    const answer = await send(
      service,
      command,
      { 'idempotency-key': 'k-1' },
      { ...command.example, 'a/b': 1 },
    )
    assert.equal(answer.statusCode, 400)
    assert.deepEqual(answer.json().errors, [{ pointer: '/a~1b', detail: 'is not in the schema' }])
    const headers = { 'idempotency-key': 'k-1', prefer: 'respond-async' }
    const notAwaited = await send(service, command, headers, { ...command.example, 'a/b': 1 })
    assert.equal(notAwaited.statusCode, 400)
    const { events } = await service.app.store.readAll()
    assert.deepEqual(events, [])
  })

  test(\`\${command.type} is accepted for a client that does not wait, and its outcome can be asked for\`, async () => {
    await using service = await open()
    const headers = { 'idempotency-key': 'k-1', prefer: 'respond-async' }
    const accepted = await send(service, command, headers)
    assert.equal(accepted.statusCode, 202)
    const url = String(accepted.headers.location)
    const end = Date.now() + 60_000
    for (;;) {
      const { statusCode, ...outcome } = await service.server.inject(url)
      if (statusCode !== 202) {
        assert.equal(statusCode, 200, outcome.body)
        break
      }
      assert.ok(Date.now() < end, 'it was never decided')
      await sleep(10)
    }
    const awaited = await send(service, command, { 'idempotency-key': 'k-1' })
    assert.ok(awaited.json().duplicate ?? awaited.statusCode === 409)
  })

  const other = api.commands.find((one) => one.aggregate === command.aggregate && one !== command)
  if (other) {
    test(\`the Idempotency-Key of \${command.type} is not taken for \${other.type}\`, async () => {
      await using service = await open()
      await send(service, command, { 'idempotency-key': 'k-1' })
      for (const prefer of ['wait=10', 'respond-async']) {
        const answer = await send(service, other, { 'idempotency-key': 'k-1', prefer })
        assert.equal(answer.statusCode, 422, answer.body)
        assert.equal(answer.json().type, 'urn:problem:idempotency-key-reused')
      }
    })
  }

  test(\`\${command.type} with a key that was used otherwise holds up no other command\`, async () => {
    await using service = await open()
    const { example, exampleId: id, type, aggregate } = command
    const outcome = { type, aggregate, id, data: { ...example, other: true }, commandId: 'k-1' }
    await service.app.broker.publish(\`\${name}.commands\`, [
      { id: 'k-1', key: messageKey(outcome), headers: {}, value: JSON.stringify(outcome) },
    ])
    await service.app.idle({ timeout: 60_000 })
    const stuck = await service.server.inject(\`\${pathOf(command)}/k-1\`)
    assert.equal(stuck.json().type, 'urn:problem:parked', stuck.body)
    await send(service, command, { 'idempotency-key': 'k-2', prefer: 'respond-async' })
    await service.app.idle({ timeout: 60_000 })
    assert.equal((await service.server.inject(\`\${pathOf(command)}/k-2\`)).json().status, 'decided')
  })

  test(\`\${command.type} of one tenant is not seen by another\`, async () => {
    await using service = await open('x-tenant')
    const headers = { 'idempotency-key': 'k-1' }
    assert.equal((await send(service, command, headers)).json().type, 'urn:problem:tenant-missing')
    const one = await send(service, command, { ...headers, 'x-tenant': 'one' })
    const two = await send(service, command, { ...headers, 'x-tenant': 'two' })
    assert.equal(one.statusCode, two.statusCode)
    assert.notEqual(two.json().duplicate, true)
  })
}

for (const { projection, path } of api.readModels) {
  test(\`\${projection} is listed page by page, and tells what it does not have\`, async () => {
    await using service = await open()
    const page = await service.server.inject(path)
    assert.deepEqual(page.json(), { items: [] })
    assert.equal((await service.server.inject(\`\${path}/nobody\`)).json().type, 'urn:problem:no-such-row')
    assert.equal((await service.server.inject(\`\${path}?limit=0\`)).json().type, 'urn:problem:bad-limit')
    const foreign = await service.server.inject(\`\${path}?after=other:0\`)
    assert.equal(foreign.json().type, 'urn:problem:foreign-consistency-token')
    const token = \`\${service.app.store.epoch}:\${await service.app.store.head()}\`
    assert.equal((await service.server.inject(\`\${path}?after=\${token}\`)).statusCode, 200)
  })
}

test('the service says how it does', async () => {
  await using service = await open()
  assert.deepEqual((await service.server.inject('/health/live')).json(), { status: 'up' })
  assert.deepEqual((await service.server.inject('/health/ready')).json(), { status: 'up' })
  assert.equal((await service.server.inject({ method: 'HEAD', url: '/health/live' })).statusCode, 200)
  const { status, components } = (await service.server.inject('/health')).json()
  assert.equal(status, 'up')
  assert.ok(components.length > 0)
  assert.match((await service.server.inject('/metrics')).body, /^# HELP /m)
})

test('while it drains it finishes what it has in hand, and tells everybody else to come again', async () => {
  await using service = await open()
  const slow = Promise.withResolvers<void>()
  service.server.get('/slow', async () => {
    await slow.promise
    return 'done'
  })
  const inHand = service.server.inject('/slow')
  await service.server.inject('/health/live')
  const drained = service.drain()
  const late = await service.server.inject('/health/ready')
  assert.equal(late.statusCode, 503)
  assert.equal(late.headers['retry-after'], '1')
  assert.equal(late.json().type, 'urn:problem:draining')
  slow.resolve()
  assert.equal((await inHand).body, 'done')
  await drained
})

test('a request that never comes whole does not hold a stop up', async () => {
  await using service = await open()
  await service.server.listen({ host: '127.0.0.1', port: 0 })
  const half = connect(portOf(service), '127.0.0.1')
  half.write('GET /health/live HTTP/1.1\\r\\nHost: ')
  half.on('error', () => undefined)
  await once(half, 'connect')
  const closed = once(half, 'close')
  await service.drain()
  await closed
})

test('what is no HTTP is told as a problem too', async () => {
  await using service = await open()
  await service.server.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(\`http://127.0.0.1:\${portOf(service)}/health/live\`, {
    headers: { 'x-large': 'x'.repeat(20_000) },
  })
  assert.equal(answer.status, 431)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
})

test('what passes is answered with 503 and when to come again', async () => {
  await using service = await open()
  service.server.get('/overloaded', () => {
    throw new StoreOverloaded('memory:', 1)
  })
  service.server.get('/cut-off', () => {
    throw new ConnectionLost('postgres://db/shop', 'the connection was lost')
  })
  service.server.get('/broken', () => {
    throw new Error('a secret')
  })
  for (const path of ['/overloaded', '/cut-off']) {
    const passing = await service.server.inject(path)
    assert.equal(passing.statusCode, 503)
    assert.equal(passing.headers['retry-after'], '1')
    assert.equal(passing.json().type, 'urn:problem:not-now')
  }
  const broken = await service.server.inject('/broken')
  assert.equal(broken.statusCode, 500)
  assert.doesNotMatch(broken.body, /secret/)
  const [command] = api.commands
  await service.app.stop()
  assert.equal((await service.server.inject('/health/ready')).statusCode, 503)
  if (!command) return
  const stopped = await send(service, command, { 'idempotency-key': 'k-1' })
  assert.equal(stopped.statusCode, 503, stopped.body)
  assert.equal(stopped.headers['retry-after'], '1')
})

test('what is no route, no JSON or too large is told as a problem', async () => {
  await using service = await open()
  assert.equal((await service.server.inject('/no/such')).json().type, 'urn:problem:no-such-route')
  const [command] = api.commands
  if (!command) return
  const headers = { 'idempotency-key': 'k-1', 'content-type': 'application/json' }
  const post = { method: 'POST', url: pathOf(command), headers } as const
  assert.equal(
    (await service.server.inject({ ...post, payload: '{' })).json().type,
    'urn:problem:bad-request',
  )
  const large = JSON.stringify({ text: 'x'.repeat(20_000) })
  assert.equal(
    (await service.server.inject({ ...post, payload: large })).json().type,
    'urn:problem:body-too-large',
  )
  const text = { ...post, headers: { ...headers, 'content-type': 'text/plain' }, payload: 'x' }
  assert.equal((await service.server.inject(text)).json().type, 'urn:problem:not-json')
})

test('every route is described, and nothing else is', async () => {
  await using service = await open()
  const { paths = {} } = (await service.server.inject('/openapi.json')).json()
  const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => \`\${method.toUpperCase()} \${path.replaceAll(/{\\w+}/g, '*')}\`),
  )
  const served = service.routes.map((route) => route.replaceAll(/:\\w+/g, '*'))
  assert.deepEqual(described.sort(), served.filter((route) => route !== 'GET /openapi.json').sort())
})
`,
}
