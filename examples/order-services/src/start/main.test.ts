import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { TALES } from './tales.ts'

const run = promisify(execFile)
const PROGRAM = join(import.meta.dirname, 'main.ts')
/** Seconds: on a busy machine five services take a while until they have asked the bank and heard its answer. */
const ENV = { ...process.env, BANK_PATIENCE: '6' }

test('five programs on SQLite files carry each order to its end, and who ends by itself is named', async () => {
  // Who has a PORT in the environment means it for one: five cannot have it.
  const env = { ...ENV, PORT: '1' }
  const child = spawn(process.execPath, [PROGRAM, '--stay'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  let warned = ''
  child.stderr.on('data', (text) => {
    warned += text
    if (warned.includes('fraud ended (SIGKILL)\n')) child.kill('SIGINT')
  })
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (line.includes('stay until Ctrl-C')) process.kill(processOf('fraud', said), 'SIGKILL')
  }
  if (child.exitCode === null) await once(child, 'exit')
  assert.equal(child.exitCode, 130, warned)
  assertEnds(said.join('\n'))
  assert.match(said.join('\n'), /^not all drained: fraud \(SIGKILL\)$/m)
})

test('a schema of the store is refused: each service has its own', async () => {
  await assert.rejects(run(process.execPath, [PROGRAM, '--store', 'postgres://localhost/shop?schema=x']), {
    code: 3,
    stderr: /^--store takes a database, not a schema of it/,
  })
})

test('a folder that cannot be made is told in one line, and is exit 4', async (t) => {
  // A system folder that answers "no such file" for ever, and a file where a folder should be.
  const folders = process.platform === 'linux' ? ['/proc/nope/data', `${PROGRAM}/data`] : [`${PROGRAM}/data`]
  for (const folder of folders) {
    await t.test(folder, async () => {
      const options = { timeout: 180_000, killSignal: 'SIGKILL' } as const
      await assert.rejects(run(process.execPath, [PROGRAM, '--store', `sqlite:${folder}`], options), {
        code: 4,
        stdout: '',
        stderr:
          /^cannot make the folder \/.*data \(E\w+: .*\): give one that can be made, with --store sqlite:FOLDER\n$/,
      })
    })
  }
})

test('the same programs do so on PostgreSQL, where two URLs say it', {
  skip: withoutPostgres(),
}, async (t) => {
  const { url, drop } = await testDatabase()
  t.after(drop)
  assertTold(
    (await run(process.execPath, [PROGRAM, '--store', url, '--broker', `${url}?schema=broker`], { env: ENV }))
      .stdout,
  )
})

test('a broker that is not there is told in one line of each service that meets it, and is exit 4', async () => {
  const failed = run(process.execPath, [PROGRAM, '--broker', 'kafka://127.0.0.1:1'])
  await assert.rejects(failed, ({ code, stdout, stderr }) => {
    assert.doesNotMatch(stdout, /drained/)
    assert.match(stderr, /^\w+ cannot start: the broker kafka:\/\/127\.0\.0\.1:1 cannot be reached \(/m)
    assert.doesNotMatch(stderr, /^ +at |node:internal/m)
    return code === 4
  })
})

function processOf(name: string, said: readonly string[]): number {
  const line = said.find((each) => each.startsWith(`${name} `)) ?? ''
  return Number(/process (\d+)$/.exec(line)?.[1])
}

/** The script tells each end, and that every program ended with 0. */
function assertTold(text: string): void {
  assertEnds(text)
  assert.match(text, /^drained and stopped/m)
}

function assertEnds(text: string): void {
  for (const { about, ends } of TALES) assert.match(text, new RegExp(`${about} +${ends}$`, 'm'))
  assert.match(text, /on stock: 7 mugs, 7 teas$/m)
}
