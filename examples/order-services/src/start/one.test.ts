import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { exitOf, isRunning, stopProgram } from './program.ts'
import { placeOrder } from './shop-front.ts'
import { TALES } from './tales.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../../..')
/** As in a terminal: nothing in the environment of the tests helps it to find the source. */
const { NODE_OPTIONS: _, ...ENV } = process.env

test('the line of the README starts one service, and once more beside it; a signal drains each', async (t) => {
  const folder = temporaryFolder(t)
  const [one, two] = await Promise.all([startAsWritten(t, folder), startAsWritten(t, folder)])
  const [tale] = TALES
  assert.ok(tale)
  await placeOrder(one.url, 'o-1', tale)
  const summary = `${two.url}/OrderSummary/o-1`
  const signal = AbortSignal.timeout(180_000)
  while (!(await fetch(summary, { signal })).ok) await sleep(30)
  // A terminal's Ctrl-C reaches all that was started from it.
  process.kill(-Number(one.child.pid), 'SIGINT')
  if (isRunning(one.child)) await once(one.child, 'exit')
  assert.deepEqual([exitOf(one.child), await stopProgram(two.child)], [0, 0])
})

test('a port in use is told with how to choose another, is exit 4, and leaves the work to others', async (t) => {
  const folder = temporaryFolder(t)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const address = taken.address()
  assert.ok(typeof address === 'object' && address !== null)
  const [node = '', ...args] = commandOf(['--store', `sqlite:${folder}`, '--service', 'orders'])
  const options = { cwd: ROOT, env: ENV, timeout: 180_000 }
  await assert.rejects(run(node, [...args, '--port', `${address.port}`], options), {
    code: 4,
    stderr:
      `orders cannot start: port ${address.port} is in use by another program: ` +
      'give another one (PORT, or --port of npm run order-services); 0 is any that is free\n',
  })
  const store = new DatabaseSync(join(folder, 'orders.db'))
  t.after(() => store.close())
  assert.deepEqual(store.prepare('SELECT name FROM eventwright_leases WHERE holder IS NOT NULL').all(), [])
})

/** Starts what the README says, in another folder and on any free port. */
async function startAsWritten(t: TestContext, folder: string): Promise<{ url: string; child: ChildProcess }> {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, written = ''] = /^npm run order-services -- (.* --service .*)$/m.exec(readme) ?? []
  const words = written
    .replace('sqlite:data', `sqlite:${folder}`)
    .replace(/(?<=--port )\d+/, '0')
    .split(' ')
  const [node = '', ...args] = commandOf(words)
  const child = spawn(node, args, {
    cwd: ROOT,
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  t.after(() => stopProgram(child))
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^orders listens on (http.*)$/.exec(line) ?? []
    if (url !== undefined) return { url, child }
  }
  return assert.fail(`'${written}' ended before it listened`)
}

/** What `npm run order-services` runs, on the Node of the tests. */
function commandOf(args: readonly string[]): readonly string[] {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const [, script = ''] = /^node (\S+)$/.exec(scripts['order-services'] ?? '') ?? []
  return [process.execPath, script, ...args]
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-services-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
