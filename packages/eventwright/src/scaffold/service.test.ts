import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { asObject } from '../flow/index.ts'
import { scaffolded, WORKED, workshop } from './fixtures/scaffolded.ts'
import { testRun, typecheck } from './fixtures/tools.ts'
import { DEPENDENCIES, DEV_DEPENDENCIES, PATTERNS } from './service/package-json.ts'

describe('a scaffolded service', { timeout: 900_000 }, () => {
  let folder: Awaited<ReturnType<typeof workshop>>
  const children = new Set<ChildProcess>()

  before(async () => {
    folder = await workshop()
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await folder[Symbol.asyncDispose]()
  })

  test('of a keyword, of what TypeScript has, of a hostile flow, with no command from outside: typed and tested', async () => {
    const from = join(import.meta.dirname, 'fixtures/hostile.yaml')
    const into = folder.path
    await scaffolded({ name: 'class', into })
    await scaffolded({ name: 'promises', into })
    await scaffolded({ name: 'odd', into, from, service: 'odd' })
    await scaffolded({ name: 'internal', into, from, service: 'internal' })
    // One check of all costs a third of four checks; each has the same tsconfig.json.
    const together = { extends: './class/tsconfig.json', include: ['*/src', '*/test'] }
    await writeFile(join(into, 'tsconfig.json'), JSON.stringify(together))
    const types = await typecheck(into)
    assert.equal(types.code, 0, types.output)
    const tested = await Promise.all([
      testRun(join(into, 'class'), 'test/**/*.test.ts'),
      testRun(join(into, 'odd'), 'test/**/*.test.ts'),
      testRun(join(into, 'internal'), 'test/http.test.ts'),
    ])
    for (const { code, output } of tested) {
      assert.equal(code, 0, output)
      assert.match(output, /pass [1-9]/)
    }
  })

  test('it depends on the engine of patterns where its domain has one, and only there', async () => {
    const dependencies = (name: string): object =>
      JSON.parse(readFileSync(join(folder.path, name, 'package.json'), 'utf8')).dependencies
    assert.match(readFileSync(join(folder.path, 'odd/src/domain/health.ts'), 'utf8'), /from 're2js'/)
    assert.ok('re2js' in dependencies('odd'))
    assert.ok(!('re2js' in dependencies('internal')))
  })

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

  test('its main drains on SIGTERM and ends with 0; wrong settings are all told, with 2, and no secret is', async () => {
    const service = join(folder.path, 'class')
    const { child } = await up(service)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])

    const url = 'mysql://me:hunter2@db/shop?password=hunter2'
    const kafka = 'kafka://me:hunter2@broker:9092'
    const wrong = start(service, { PORT: 'many', STORE_URL: kafka, BROKER_URL: url, LOG_LEVEL: 'loud' })
    const { ending, said } = await lastWords(wrong)
    assert.deepEqual(ending, [2, null])
    assert.match(said, /^PORT is "many": use a whole number/m)
    assert.match(said, /^STORE_URL is "kafka:…": use memory:, sqlite:FILE, postgres:.*schema=NAME$/m)
    assert.match(said, /^BROKER_URL is "mysql:…": use memory:, sqlite:FILE, postgres:.*, or kafka:/m)
    assert.match(said, /^LOG_LEVEL is "loud"/m)
    assert.doesNotMatch(said, /hunter2/)
  })

  test('of a URL that no engine takes, what can be no secret is shown', async () => {
    const { readSettings } = await import(pathToFileURL(join(folder.path, 'class/src/settings.ts')).href)
    for (const [url, shown] of [
      ['shop.db', 'shop.db'],
      ['sqlite:', 'sqlite:'],
      ['mysql://me:hunter2', 'mysql:…'],
      ['"postgres://me:hunter2@db/shop"', '"postgres:…'],
      ['//me:hunter2@db/shop', '…'],
      ['db?password=hunter2', '…'],
    ]) {
      assert.throws(
        () => readSettings({ STORE_URL: url }),
        ({ message }: Error) => message.startsWith(`STORE_URL is "${shown}": use memory:`),
        url,
      )
    }
  })

  test('where it cannot start it says so in one line: 2 for its settings, 4 for an engine', async (t) => {
    const service = join(folder.path, 'class')
    const taken = createServer().listen(0, '127.0.0.1')
    t.after(() => taken.close())
    await once(taken, 'listening')
    const port = portOf(taken)
    const store = join(folder.path, 'portless.db')
    const noSocket = `host=${encodeURIComponent(folder.path)}`
    const ends: readonly (readonly [{ readonly [name: string]: string }, 2 | 4, RegExp])[] = [
      [{ STORE_URL: 'postgres://me:hunter2@db/shop?shema=orders' }, 2, /"shema": use schema/],
      [
        { PORT: String(port), STORE_URL: `sqlite:${store}` },
        2,
        new RegExp(`^PORT is "${port}": it is in use on 127\\.0\\.0\\.1; .* set another`),
      ],
      [
        { STORE_URL: `postgres:///shop?user=me&password=hunter2&${noSocket}` },
        4,
        /^cannot open postgres:.* does not answer/,
      ],
      [{ BROKER_URL: `sqlite:${service}/package.json/data/store.db` }, 4, /^ENOTDIR: .*package\.json/],
    ]
    await Promise.all(
      ends.map(async ([env, code, line]) => {
        const { ending, said } = await lastWords(start(service, { PORT: '0', LOG_LEVEL: 'fatal', ...env }))
        assert.deepEqual(ending, [code, null], said)
        assert.match(said, line)
        assert.match(said, /^.*\n$/, 'one line, no stack')
        assert.doesNotMatch(said, /hunter2/)
      }),
    )
    const kept = new DatabaseSync(store)
    t.after(() => kept.close())
    const held = kept.prepare('SELECT name FROM eventwright_leases WHERE holder IS NOT NULL').all()
    assert.deepEqual(held, [], 'who has no port gives back what it held')
  })

  test('a fault of its code is 1, and logged with its stack, also where nobody reads it', async () => {
    const { folder: faulty } = await scaffolded({ name: 'faulty', into: folder.path })
    await writeFile(
      join(faulty, 'src/app.ts'),
      "import { InvalidTopology } from '@eventwright/core'\nexport function openApp() { throw new InvalidTopology('two of a name') }\n",
    )
    const child = start(faulty, { LOG_LEVEL: 'fatal' }, 'pipe')
    const log = textOf(child.stdout)
    const unread = start(faulty, { LOG_LEVEL: 'fatal' }, 'pipe')
    unread.stdout?.destroy()
    const ends = await Promise.all([lastWords(child), endOf(unread)])
    assert.deepEqual(ends, [{ ending: [1, null], said: '' }, [1, null]])
    assert.match(await log, /"stack":"InvalidTopology: two of a name\\n {4}at openApp/)
  })

  test('it ends although nobody reads what it says any more: when it cannot start, and on SIGTERM', async () => {
    const service = join(folder.path, 'class')
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const refused = start(service, { PORT: String(portOf(taken)) })
    refused.stderr?.destroy()
    assert.deepEqual(await endOf(refused), [2, null])
    taken.close()
    await once(taken, 'close')

    const { child } = await up(service)
    child.stdout?.destroy()
    child.kill('SIGTERM')
    assert.deepEqual(await endOf(child), [0, null])
  })

  /** What hangs is told as such. */
  function endOf(child: ChildProcess): Promise<unknown[]> {
    return once(child, 'exit', { signal: AbortSignal.timeout(180_000) })
  }

  /** How it ended, and what it said of that. */
  async function lastWords(
    child: ChildProcess,
  ): Promise<{ readonly ending: unknown[]; readonly said: string }> {
    const said = textOf(child.stderr)
    const ending = await endOf(child)
    return { ending, said: await said }
  }

  test('a second signal ends it at once, and so does a stop that takes too long, with 1', async () => {
    const service = join(folder.path, 'class')
    for (const [env, signals, ending] of [
      [{}, 2, [143, null]],
      [{ DRAIN_SECONDS: '1' }, 1, [1, null]],
    ] as const) {
      const { child, port } = await up(service, env)
      const held = connect(port, '127.0.0.1')
      held.on('error', () => undefined)
      // In one write: when the first of them is answered, the second is in hand.
      held.write(
        'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n' +
          'POST /classes/a/create-class HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
      )
      await once(held, 'data')
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      if (signals === 2) {
        await until(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).status === 503)
        child.kill('SIGTERM')
      }
      assert.deepEqual(await ended, ending)
      held.destroy()
    }
  })

  /** Starts it on a port that nobody can take before it, and waits until it takes orders. */
  async function up(
    service: string,
    env: { readonly [name: string]: string } = {},
  ): Promise<{ readonly child: ChildProcess; readonly port: number }> {
    const child = start(service, { PORT: '0', LOG_LEVEL: 'info', ...env }, 'pipe')
    const port = await portFrom(child)
    await until(() => isReady(port))
    return { child, port }
  }

  function isReady(port: number): Promise<boolean> {
    return fetch(`http://127.0.0.1:${port}/health/ready`).then(({ ok }) => ok)
  }

  function start(
    service: string,
    env: { readonly [name: string]: string },
    stdout: 'ignore' | 'pipe' = 'ignore',
  ): ChildProcess {
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: service,
      env: { ...process.env, STORE_URL: 'memory:', BROKER_URL: 'memory:', LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', stdout, 'pipe'],
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
  for (const [name, version] of Object.entries({ ...DEPENDENCIES, ...DEV_DEPENDENCIES, ...PATTERNS })) {
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

function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream)
}

/** Where it listens, by its log. */
function portFrom(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\b/.exec(said) ?? []
    if (port !== undefined) resolve(Number(port))
  })
  child.once('exit', () => reject(new Error(`it ended before it listened: ${said}`)))
  return promise
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 180_000
  while (!(await holds().catch(() => false))) {
    assert.ok(Date.now() < end, 'it never came up')
    await sleep(20)
  }
}
