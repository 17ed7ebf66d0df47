import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { EngineGone, watchEngines } from './watch.ts'

async function listening(port = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.end())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test('an engine that is gone is told of with the time, waited for, and given up; others are not', async () => {
  const [one, two] = [await listening(), await listening()]
  const said: string[] = []
  const url = `postgres://127.0.0.1:${one.port}/shop`
  const urls = [url, `kafka://127.0.0.1:1,127.0.0.1:${two.port}`, 'memory:', 'sqlite:shop.db']
  using watch = watchEngines(urls, { say: (text) => said.push(text), every: 5, patience: 30 })
  one.server.close()
  await once(watch.signal, 'abort')
  assert.ok(watch.signal.reason instanceof EngineGone)
  assert.match(
    watch.signal.reason.message,
    new RegExp(`^${url} has not answered since \\d\\d:\\d\\d:\\d\\d \\(`),
  )
  assert.equal(said.length, 1, said.join('\n'))
  assert.match(
    said[0] ?? '',
    /^postgres:.* does not answer since [\d:]{8} \(.*ECONNREFUSED.*\): trying on, until [\d:]{8} at most$/,
  )
  two.server.close()
})

test('one that comes back is waited for no more', async () => {
  const { server, port } = await listening()
  const heard = Promise.withResolvers<void>()
  const back = Promise.withResolvers<string>()
  const say = (text: string): void => (text.includes('does not') ? heard.resolve() : back.resolve(text))
  using watch = watchEngines([`kafka://127.0.0.1:${port}?prefix=a.`], { say, every: 5 })
  server.close()
  await heard.promise
  // A port that was ours a moment ago; where another process has taken it, that one answers as well.
  const again = await listening(port).catch(() => undefined)
  assert.equal(await back.promise, `kafka://127.0.0.1:${port}?prefix=a. answers again`)
  assert.ok(!watch.signal.aborted)
  again?.server.close()
})
