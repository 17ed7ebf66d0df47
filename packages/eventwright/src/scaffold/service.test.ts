import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { asObject } from '../flow/index.ts'
import { scaffolded, WORKED, workshop } from './fixtures/scaffolded.ts'
import { testRun, typecheck } from './fixtures/tools.ts'
import { DEPENDENCIES, DEV_DEPENDENCIES } from './service/package-json.ts'

describe('a scaffolded service', { timeout: 300_000 }, () => {
  let folder: Awaited<ReturnType<typeof workshop>>
  const children = new Set<ChildProcess>()

  before(async () => {
    folder = await workshop()
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await folder[Symbol.asyncDispose]()
  })

  test('from nothing, with the name of a keyword or of what TypeScript has, it is typed and tested', async () => {
    const { folder: keyword } = await scaffolded({ name: 'class', into: folder.path })
    const { folder: taken } = await scaffolded({ name: 'promises', into: folder.path })
    await assertGood(keyword, 'test/**/*.test.ts')
    await assertGood(taken)
  })

  test('of a hostile flow, and without a command from outside, it is typed and tested', async () => {
    const from = join(import.meta.dirname, 'fixtures/hostile.yaml')
    const odd = await scaffolded({ name: 'odd', into: folder.path, from, service: 'odd' })
    const internal = await scaffolded({ name: 'internal', into: folder.path, from, service: 'internal' })
    await assertGood(odd.folder, 'test/**/*.test.ts')
    await assertGood(internal.folder, 'test/http.test.ts')
  })

  async function assertGood(service: string, tests?: string): Promise<void> {
    const types = await typecheck(service)
    assert.equal(types.code, 0, types.output)
    if (tests === undefined) return
    const tested = await testRun(service, tests)
    assert.equal(tested.code, 0, tested.output)
    assert.match(tested.output, /pass [1-9]/)
  }

  test('it describes itself with schemas that mean what the flow means', async () => {
    const plan = await scaffolded({ name: 'described', into: folder.path, from: WORKED, service: 'orders' })
    const { openApi } = await import(pathToFileURL(join(plan.folder, 'src/http/openapi.ts')).href)
    const document = asObject(openApi())
    assert.equal(document.openapi, '3.1.0')
    const operations = Object.entries(asObject(document.paths)).flatMap(([path, methods]) =>
      Object.values(asObject(methods)).map((operation) => ({ path, operation: asObject(operation) })),
    )
    const ids = operations.map(({ operation }) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length)
    for (const { path, operation } of operations) assertWhole(path, operation, document)
    const place = operations.find(({ operation }) => operation.operationId === 'PlaceOrder')
    const body = asObject(asObject(asObject(place?.operation.requestBody).content)['application/json'])
    const validate = ajv().compile(asObject(body.schema))
    assert.ok(validate(body.example), JSON.stringify(validate.errors))
    assert.ok(!validate({ ...asObject(body.example), total: '1' }))
  })

  test('its main drains on SIGTERM and ends with 0; a second signal ends it; a wrong setting is 2', async () => {
    const { folder: service } = await scaffolded({ name: 'main', into: folder.path })
    const port = await freePort()
    const child = start(service, { PORT: String(port) })
    await until(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])

    const wrong = start(service, { PORT: 'many', STORE_URL: 'postgres://db', LOG_LEVEL: 'loud' })
    const errors: Buffer[] = []
    wrong.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
    assert.deepEqual(await once(wrong, 'close'), [2, null])
    const said = Buffer.concat(errors).toString()
    assert.match(said, /^PORT is "many": use a whole number/m)
    assert.match(said, /^STORE_URL is "postgres:\/\/db": use memory: or sqlite:FILE/m)
    assert.match(said, /^LOG_LEVEL is "loud"/m)

    const taken = createServer().listen(port, '127.0.0.1')
    await once(taken, 'listening')
    const second = start(service, { PORT: String(port) })
    assert.deepEqual(await once(second, 'exit'), [1, null])
    taken.close()
  })

  function start(service: string, env: { readonly [name: string]: string }): ChildProcess {
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: service,
      env: { ...process.env, STORE_URL: 'memory:', BROKER_URL: 'memory:', LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.add(child)
    return child
  }
})

test('what a service depends on is what this repository is built with', () => {
  const root = join(import.meta.dirname, '../../../..')
  const read = (path: string) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
  const { devDependencies } = read('.')
  const known = { ...read('packages/eventwright').dependencies, ...devDependencies }
  for (const [name, version] of Object.entries({ ...DEPENDENCIES, ...DEV_DEPENDENCIES })) {
    assert.equal(version, known[name], name)
  }
})

function ajv(): Ajv2020 {
  const made = new Ajv2020({ strict: false })
  addFormats.default(made)
  return made
}

/** What OpenAPI 3.1 asks of an operation: its path parameters declared, its references there, its schemas schemas. */
function assertWhole(path: string, operation: Readonly<Record<string, unknown>>, document: object): void {
  const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).map((one) =>
    resolved(asObject(one), document),
  )
  const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
  assert.deepEqual(
    inPath,
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    path,
  )
  assert.ok(inPath.length === 0 || parameters.every((one) => one.in !== 'path' || one.required === true))
  const schemas = parameters.map((one) => one.schema)
  const responses = Object.entries(asObject(operation.responses))
  assert.ok(responses.length > 0)
  for (const [status, answer] of responses) {
    assert.match(status, /^[1-5]\d\d$/)
    const { description, content } = asObject(answer)
    assert.equal(typeof description, 'string')
    for (const media of Object.values(asObject(content))) schemas.push(asObject(media).schema)
  }
  const whole = { $id: 'https://example.com/openapi', components: asObject(document).components }
  for (const schema of schemas) {
    const compiler = ajv()
    compiler.addSchema(whole)
    const text = JSON.stringify(schema).replaceAll(
      '"#/components',
      '"https://example.com/openapi#/components',
    )
    compiler.compile(JSON.parse(text))
  }
}

function resolved(
  part: Readonly<Record<string, unknown>>,
  document: object,
): Readonly<Record<string, unknown>> {
  if (typeof part.$ref !== 'string') return part
  let found: unknown = document
  for (const step of part.$ref.slice(2).split('/')) found = asObject(found)[step]
  assert.ok(found, part.$ref)
  return asObject(found)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await holds().catch(() => false))) {
    assert.ok(Date.now() < end, 'it never came up')
    await sleep(20)
  }
}
