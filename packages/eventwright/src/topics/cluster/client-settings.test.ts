import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { clientSettings } from './client-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-topics-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function properties(text: string): string {
  const file = join(folder, 'client.properties')
  writeFileSync(file, text)
  return file
}

test('brokers are taken from the command line, then from the file, then from the environment of the topics', async () => {
  const config = properties('bootstrap.servers=b:2\n')
  const bootstrap = ['c:3']
  const of = async (input: object) => (await clientSettings({ env: {}, ...input })).brokers
  assert.deepEqual(await of({ brokers: 'kafka://a:1, kafka://[::1]:9092/', config, bootstrap }), [
    'a:1',
    '[::1]:9092',
  ])
  assert.deepEqual(await of({ config, bootstrap }), ['b:2'])
  assert.deepEqual(await of({ bootstrap }), ['c:3'])
  await assert.rejects(of({}), { code: 'ClientSettingsError', message: /No broker is named/ })
})

test('what is no broker is told without repeating a password', async () => {
  for (const brokers of ['a', 'a:b', 'http://a:1', '', 'user:hidden@a:1']) {
    await assert.rejects(clientSettings({ brokers, env: {} }), (error: Error) => {
      assert.match(error.message, /Write HOST:PORT/)
      return !error.message.includes('hidden')
    })
  }
})

test('a user comes from the file, a variable that the file names, Java login settings, or the environment', async () => {
  const of = async (text: string, env: Record<string, string> = {}) =>
    (await clientSettings({ brokers: 'a:1', config: properties(text), env })).sasl
  const SASL = 'security.protocol = SASL_PLAINTEXT\nsasl.mechanism: SCRAM-SHA-512\n'
  const expected = { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p=1' }
  assert.deepEqual(
    await of(`${SASL}# a comment\nsasl.username=u\nsasl.password=\${env:SECRET}\n`, { SECRET: 'p=1' }),
    expected,
  )
  const login =
    'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\\n  username="u" password="p=1";\n'
  assert.deepEqual(await of(SASL + login), expected)
  const env = { EVENTWRIGHT_KAFKA_USERNAME: 'u', EVENTWRIGHT_KAFKA_PASSWORD: 'p=1' }
  assert.deepEqual(await of(SASL, env), expected)
  await assert.rejects(of(SASL), { message: /EVENTWRIGHT_KAFKA_USERNAME/ })
  await assert.rejects(of(`${SASL}sasl.password=\${env:NONE}`), {
    message: /client\.properties:3: .* no NONE/,
  })
})

test('a user alone means TLS: a password never goes over the wire in the clear unless that is said', async () => {
  const env = { EVENTWRIGHT_KAFKA_USERNAME: 'u', EVENTWRIGHT_KAFKA_PASSWORD: 'p' }
  const settings = await clientSettings({ brokers: 'a:1', env })
  assert.deepEqual(settings.tls, {})
  assert.equal((await clientSettings({ brokers: 'a:1', env: {} })).tls, undefined)
})

test('certificates are read, and a setting of security that is not supported is refused instead of left out', async () => {
  writeFileSync(join(folder, 'ca.pem'), 'CA')
  const of = (text: string) => clientSettings({ brokers: 'a:1', config: properties(text), env: {} })
  const { tls } = await of(`security.protocol=SSL\nssl.ca.location=${join(folder, 'ca.pem')}\nlinger.ms=5\n`)
  assert.deepEqual(tls, { ca: 'CA' })
  await assert.rejects(of('security.protocol=SSL\nssl.ca.location=none.pem'), {
    message: /ssl\.ca\.location/,
  })
  await assert.rejects(of('ssl.truststore.location=a.jks'), {
    message: /:1: ssl\.truststore\.location is not supported/,
  })
  await assert.rejects(of('security.protocol=TLS'), { message: /PLAINTEXT, SSL/ })
  await assert.rejects(of('no line'), { message: /no `key=value`/ })
})
