// A service asks a payment gateway over HTTP, and its time runs out. Either the charge was made and only the answer is
// late, or the request itself is still on its way. The service cannot tell.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pitfall, type Result } from './lab.ts'

type Slow = 'answer' | 'request'

/** The first request meets a slow network, before or after the charge, until `deliver` is called. */
class Gateway {
  readonly charges = new Set<string>()
  private readonly voided = new Set<string>()
  private readonly gate = Promise.withResolvers<void>()
  private readonly waits = Promise.withResolvers<void>()
  private readonly server: Server
  private requests = 0

  constructor(slow: Slow) {
    this.server = createServer(async (request, response) => {
      this.requests += 1
      const first = this.requests === 1
      if (first && slow === 'request') await this.stuck()
      this.accept(request)
      if (first && slow === 'answer') await this.stuck()
      response.end('done')
    })
  }

  /** It keeps its promise: a key is charged once, and never after it was voided. */
  private accept({ method, headers }: IncomingMessage): void {
    const key = String(headers['idempotency-key'])
    if (method === 'DELETE') {
      this.voided.add(key)
      this.charges.delete(key)
    } else if (!this.voided.has(key)) this.charges.add(key)
  }

  private stuck(): Promise<void> {
    this.waits.resolve()
    return this.gate.promise
  }

  async send(method: 'POST' | 'DELETE', key: string, signal?: AbortSignal): Promise<void> {
    if (!this.server.listening) await once(this.server.listen(0, '127.0.0.1'), 'listening')
    const { port } = this.server.address() as AddressInfo
    const headers = { 'idempotency-key': key }
    await fetch(`http://127.0.0.1:${port}/charge`, { method, headers, signal: signal ?? null })
  }

  /** A request whose time runs out while it waits in the network. */
  async sendInVain(key: string): Promise<void> {
    const timeout = new AbortController()
    const answer = this.send('POST', key, timeout.signal).catch(() => undefined)
    await this.waits.promise
    timeout.abort(new DOMException('no answer in time', 'TimeoutError'))
    await answer
  }

  /** What was slow arrives. */
  async deliver(): Promise<number> {
    this.gate.resolve()
    this.server.close()
    await once(this.server, 'close')
    return this.charges.size
  }
}

/** It tries again after the time-out. */
async function tryAgain(keyOf: () => string): Promise<number> {
  const gateway = new Gateway('answer')
  await gateway.sendInVain(keyOf())
  await gateway.send('POST', keyOf())
  return gateway.deliver()
}

/** It gives the order up after the time-out. */
async function giveUp(keyOf: () => string, voids: boolean): Promise<number> {
  const gateway = new Gateway('request')
  const key = keyOf()
  await gateway.sendInVain(key)
  if (voids) await gateway.send('DELETE', key)
  return gateway.deliver()
}

async function naive(): Promise<Result> {
  return {
    figures: {
      'charges for one order': await tryAgain(() => randomUUID()),
      'charges for a cancelled order': await giveUp(() => randomUUID(), false),
    },
    story: ['charged, no answer, "failed", charged again', 'no answer, "failed", cancelled, then charged'],
  }
}

async function mended(): Promise<Result> {
  const key = (): string => 'o-1/payment'
  return {
    figures: {
      'charges for one order': await tryAgain(key),
      'charges for a cancelled order': await giveUp(key, true),
    },
  }
}

await pitfall({
  title: '6. A time-out taken for a failure',
  naive,
  mended,
  should: { 'charges for one order': 1, 'charges for a cancelled order': 0 },
  fails: { 'charges for one order': 2, 'charges for a cancelled order': 1 },
  eventwright: 'a step that timed out is compensated too, and is retried under the same command id.',
})
