// From the *installed* skill, in a stranger's folder and offline: scaffold a service, break an event and see where it
// is wrong, mend it, run the service's tests, and run the service.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test from 'node:test'

const SKILL = '.agents/skills/building-event-driven-architecture'
const ORDER = { customerId: 'c-1', lines: [{ sku: 'mug', quantity: 1 }], total: 4200 }

/** What a scaffolded service and its checks need beside our packages, for the stranger's package.json. */
export const SERVICE_NEEDS = ['fastify', 'pino', 'typescript']

/**
 * @param {string} outside the project that the tarballs and the skill are installed in
 * @param {import('./package-skill.mjs').Start} start runs a program in a stranger's environment
 * @param {Record<string, string | undefined>} env that environment
 */
export function testScaffold(outside, start, env) {
  const home = join(outside, 'home')
  const own = { HOME: home, USERPROFILE: home, npm_config_offline: 'true' }
  const service = join(outside, 'my shop', 'orders')

  /** @param {string[]} args */
  const bash = (cwd = outside, ...args) => start('bash', args, cwd, own)
  const validate = () =>
    start('bash', [join(outside, SKILL, 'tests/validate-events.sh'), 'events'], service, own)

  test('the installed skill scaffolds a service of the worked flow in a folder with a space', () => {
    const flow = `${SKILL}/examples/worked-order-processing.yaml`
    const made = bash(
      outside,
      `${SKILL}/scripts/scaffold-eda.sh`,
      ...['orders', '--from', flow, '--service', 'orders', '--into', 'my shop'],
    )
    assert.equal(made.status, 0, made.stderr)
    assert.ok(readdirSync(service).includes('package.json'))
  })

  test('a broken event is found with its place and the reason, and passes when it is mended', () => {
    assert.equal(validate().status, 0, validate().stderr)
    const file = join(service, 'events/OrderPlaced.json')
    const good = readFileSync(file, 'utf8')
    writeFileSync(file, good.replace(/"total": \d+/, '"total": "free"'))
    const { status, stdout } = validate()
    assert.equal(status, 1, stdout)
    const line = good.split('\n').findIndex((text) => text.includes('"total"')) + 1
    assert.match(stdout, new RegExp(`events/OrderPlaced\\.json:${line}:\\d+ error`))
    assert.match(stdout, /\/data\/total[\s\S]*integer/)
    writeFileSync(file, good)
    assert.equal(validate().status, 0)
  })

  test('the tests of the scaffolded service pass, and it type-checks', () => {
    for (const script of ['typecheck', 'test', 'check', 'validate']) {
      const { status, stdout, stderr } = start('npm', ['run', script], service, own)
      assert.equal(status, 0, `npm run ${script}\n${stdout}\n${stderr}`)
    }
  })

  test('the scaffolded service runs: an order comes in over HTTP once, and it drains on SIGTERM', async () => {
    const settings = { PORT: '0', STORE_URL: 'sqlite:orders.db', BROKER_URL: 'sqlite:broker.db' }
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: service,
      env: { ...env, ...own, ...settings },
    })
    let said = ''
    child.stdout.on('data', (text) => (said += text))
    child.stderr.on('data', (text) => (said += text))
    try {
      const url = await until(
        () => /http:\/\/[\w.:[\]]+:\d+/.exec(said)?.[0],
        () => said,
      )
      const place = () =>
        fetch(`${url}/orders/o-1/place-order`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'click-7' },
          body: JSON.stringify(ORDER),
        })
      const first = await place()
      assert.equal(first.status, 200, await first.text())
      const again = await place()
      assert.equal(again.status, 200)
      assert.equal((await again.json()).duplicate, true)
    } finally {
      child.kill('SIGTERM')
    }
    const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))
    assert.equal(code, 0, said)
  })
}

/**
 * @template Value
 * @param {() => Value | undefined} look
 * @param {() => string} told
 * @returns {Promise<Value>}
 */
async function until(look, told) {
  for (const end = Date.now() + 180_000; Date.now() < end; ) {
    const seen = look()
    if (seen !== undefined) return seen
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The service did not come up:\n${told()}`)
}
