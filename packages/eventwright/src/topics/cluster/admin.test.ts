import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { startKafka, withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { makeCertificate } from '../../../../../scripts/kafka/certificate.mjs'
import { openAdmin } from './admin.ts'

test('where a cluster tells of a server by its address, none is told by TLS what it is called', {
  skip: withoutKafka(),
}, async (t) => {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-tls-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { certificate, config } = makeCertificate(folder)
  // A broker must say where it is found before it has a port: there something stands before it.
  let target = 0
  const entrance = createServer((client) => {
    const broker = connect(target, '127.0.0.1')
    for (const socket of [client, broker]) socket.on('error', () => {})
    client.pipe(broker).pipe(client)
  })
  stack.defer(() => void entrance.close())
  entrance.listen(0)
  await once(entrance, 'listening')
  const { port } = entrance.address() as AddressInfo
  const kafka = stack.use(
    await startKafka({
      advertised: `127.0.0.1:${port}`,
      config: {
        'listener.security.protocol.map': 'BROKER:PLAINTEXT,SECOND:SSL,CONTROLLER:PLAINTEXT',
        ...Object.fromEntries(
          Object.entries(config).map(([key, value]) => [`listener.name.second.${key}`, value]),
        ),
      },
    }),
  )
  target = Number(kafka.nodes[0]?.second?.split(':')[1])
  const warnings: string[] = []
  const listener = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', listener)
  t.after(() => process.off('warning', listener))
  const admin = stack.adopt(
    await openAdmin({
      clientId: 'test',
      bootstrapBrokers: [`localhost:${port}`],
      tls: { ca: certificate },
    }),
    (it) => it.close(),
  )
  assert.equal((await admin.connectToBrokers()).size, 1)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(warnings, [])
})
