import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import process from 'node:process'
import { test } from 'node:test'
import { hasServerName, kafkaBroker } from './index.ts'

test('TLS calls a server by a host name only', () => {
  for (const name of ['localhost', 'b-1.example.com', 'kafka', '1.example', 'xn--bcher-kva.example'])
    assert.ok(hasServerName(name), name)
  for (const none of ['10.0.0.1', '::1', 'fe80::1%eth0', 'my_kafka', 'kafka.svc.', '-a', 'a-', 'a..b', ''])
    assert.ok(!hasServerName(none), none)
})

test('TLS tells a server by what name it is called, and of an address nothing, without a warning', async (t) => {
  const hellos: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (hello: Buffer) => {
      hellos.push(hello.toString('latin1'))
      socket.destroy()
    })
  })
  server.listen(0)
  await once(server, 'listening')
  t.after(() => server.close())
  const warnings: string[] = []
  const listener = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', listener)
  t.after(() => process.off('warning', listener))
  const { port } = server.address() as AddressInfo
  for (const host of ['localhost', '127.0.0.1'])
    await assert.rejects(kafkaBroker(`kafka://${host}:${port}?tls=true`).openBroker(), {
      code: 'BrokerUnreachable',
    })
  // Node.js tells of a warning in the next turn.
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    hellos.map((hello) => hello.includes('localhost')),
    [true, false],
  )
  assert.deepEqual(warnings, [])
})
