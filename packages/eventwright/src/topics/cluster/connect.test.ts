import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { connect } from './connect.ts'

test('the first words of TLS name the server', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}))
  server.listen(0)
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const hello = once(server, 'connection').then(async ([socket]) => {
    const [first] = await once(socket, 'data')
    socket.destroy()
    return first.toString('latin1')
  })
  const cluster = connect({ brokers: [`localhost:${port}`], tls: {} })
  t.after(() => cluster.close())
  await assert.rejects(
    cluster.ask('listing topics', (admin) => admin.listTopics()),
    { code: 'ClusterUnreachable' },
  )
  assert.match(await hello, /localhost/)
})
