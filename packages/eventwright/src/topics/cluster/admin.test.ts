import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isServerName } from './admin.ts'

test('TLS calls a server by a host name only', () => {
  for (const name of ['localhost', 'b-1.example.com', 'kafka', '1.example', 'xn--bcher-kva.example'])
    assert.ok(isServerName(name), name)
  for (const none of ['10.0.0.1', '::1', 'fe80::1%eth0', 'my_kafka', 'kafka.svc.', '-a', 'a-', 'a..b', ''])
    assert.ok(!isServerName(none), none)
})
