import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidSettings, readSettings } from './settings.ts'

const URLS = { STORE_URL: 'sqlite:orders.db', BROKER_URL: 'sqlite:broker.db' }

test('two URLs are all that a service must be told', () => {
  const { store, broker, port } = readSettings(URLS)
  assert.deepEqual(
    { store, broker, port },
    { store: 'sqlite:orders.db', broker: 'sqlite:broker.db', port: 0 },
  )
})

test('each variable that is missing or wrong is named, with what to give', () => {
  const wrong = { STORE_URL: '', PORT: '99999', LOG_LEVEL: 'loud' }
  assert.throws(() => readSettings(wrong), {
    name: InvalidSettings.name,
    message: [
      "STORE_URL is not set: give the service's own store, such as STORE_URL=sqlite:orders.db",
      'BROKER_URL is not set: give where all services talk, such as BROKER_URL=sqlite:broker.db',
      'PORT is "99999": give a whole number from 0 to 65535, such as PORT=3001; 0 is any that is free',
      'LOG_LEVEL is "loud": give one of fatal, error, warn, info, debug, silent',
    ].join('\n'),
  })
})
