#!/usr/bin/env node
// For tests that are not written in JavaScript: prints the bootstrap address on a line, and stops when its standard
// input closes, or on a signal.
import process from 'node:process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: '1' },
    set: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help) {
  console.log('node scripts/kafka/start.mjs [--brokers N] [--set KEY=VALUE]…\n')
  console.log('Starts a Kafka for tests, prints its address, and stops it when standard input closes.')
  process.exit(0)
}

// An older Node hands over to the one that the install brings, as all scripts do.
if (Number(process.versions.node.split('.')[0]) < 24) {
  const { runAndExit } = await import('../setup.mjs')
  runAndExit('scripts/kafka/start.mjs', process.argv.slice(2))
} else {
  const { startKafka } = await import('./broker.mjs')
  const config = Object.fromEntries(values.set.map((setting) => setting.split(/=(.*)/s).slice(0, 2)))
  const kafka = await startKafka({ brokers: Number(values.brokers), config })
  console.log(kafka.bootstrap)

  const stop = () => void kafka.stop().then(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)
  process.stdin.on('end', stop).on('error', stop).resume()
}
