import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Admin } from '@platformatic/kafka'
import { missing } from '../machine.mjs'
import { startKafka } from './broker.mjs'

const skip = missing('java', 'maven')
const START = fileURLToPath(new URL('start.mjs', import.meta.url))
const WAIT_MS = 60_000

test('a broker that is killed comes back on its folder and its port', { skip }, async () => {
  await using kafka = await startKafka()
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: kafka.bootstrap.split(',') })
  await admin.createTopics({ topics: ['kept'], partitions: 1, replicas: 1 })
  await kafka.kill()
  await assert.rejects(reach(kafka.bootstrap), { code: 'ECONNREFUSED' })
  await kafka.start()
  assert.deepEqual(await admin.listTopics(), ['kept'])
  await admin.close()
})

test('a process that is killed leaves neither a broker nor a folder behind', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawn(process.execPath, [START], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  })
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data')
  const address = printed.trim()
  await reach(address)
  assert.equal(readdirSync(folder).length, 1)
  child.kill('SIGKILL')
  const end = Date.now() + WAIT_MS
  while (readdirSync(folder).length > 0 && Date.now() < end) await setTimeout(50)
  assert.deepEqual(readdirSync(folder), [])
  while ((await isReached(address)) && Date.now() < end) await setTimeout(50)
  await assert.rejects(reach(address), { code: 'ECONNREFUSED' })
})

test('what keeps a broker from starting is told in its own words', { skip }, async () => {
  const broken = startKafka({ config: { 'num.io.threads': 'many' } })
  await assert.rejects(broken, /Invalid value many for configuration num\.io\.threads/)
})

/** @param {string} address */
function isReached(address) {
  return reach(address).then(
    () => true,
    () => false,
  )
}

/** @param {string} address */
async function reach(address) {
  const [host = '', port = ''] = address.split(':')
  const socket = connect(Number(port), host)
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
