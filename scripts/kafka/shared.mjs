import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import process from 'node:process'
import { startKafka } from './broker.mjs'

/** The variable by which a run tells its test files where to ask for the cluster that they share. */
const VARIABLE = 'EVENTWRIGHT_TEST_KAFKA'

/** Sessions as short as tests want them. */
const CONFIG = {
  'group.min.session.timeout.ms': 100,
  'group.consumer.min.session.timeout.ms': 100,
  'group.consumer.session.timeout.ms': 1000,
  'group.consumer.min.heartbeat.interval.ms': 50,
  'group.consumer.heartbeat.interval.ms': 100,
}

/** @type {Promise<string> | undefined} */
let own

/**
 * A corner of the cluster that all test files of a run share, whose topics and groups nobody else has; a file that
 * runs alone starts a cluster, which ends with the process.
 *
 * @example
 * const { url } = await testKafka()
 * const broker = await kafka(url).openBroker()
 *
 * @returns {Promise<{ url: string, bootstrap: string, prefix: string }>} `url`: with the prefix
 */
export async function testKafka() {
  const port = process.env[VARIABLE]
  own ??= port === undefined ? start().then(({ bootstrap }) => bootstrap) : ask(Number(port))
  const bootstrap = await own
  const prefix = `test-${randomBytes(6).toString('hex')}.`
  return { url: `kafka://${bootstrap}?prefix=${prefix}`, bootstrap, prefix }
}

/**
 * While the work goes on, test files share one cluster. It is started when the first of them asks for it.
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withSharedKafka(work) {
  /** @type {ReturnType<typeof startKafka> | undefined} */
  let started
  const server = createServer((socket) => {
    socket.on('error', () => {})
    started ??= start()
    started.then(
      ({ bootstrap }) => socket.end(bootstrap),
      (error) => socket.end(`Kafka did not start: ${error.message}`),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  process.env[VARIABLE] = String(typeof address === 'object' ? address?.port : '')
  try {
    return await work()
  } finally {
    server.close()
    await (await started?.catch(() => undefined))?.stop()
  }
}

function start() {
  return startKafka({ config: CONFIG })
}

/** @param {number} port */
async function ask(port) {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let text = ''
  for await (const part of socket) text += part
  if (/^[\d.:]+$/.test(text)) return text
  throw new Error(text || 'the run that shares its Kafka has ended')
}
