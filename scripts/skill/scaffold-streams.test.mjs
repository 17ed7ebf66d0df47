// The Java application that `eventwright scaffold --streams` leaves beside a service, built as its owner builds it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { missing } from '../machine.mjs'
import { root } from '../setup.mjs'

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 */
function run(program, args, cwd) {
  // A short build is over before the better compiler pays.
  const env = { ...process.env, MAVEN_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' }
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
}

test('the Java application of a scaffold is a Maven project that builds and passes a test of its own', {
  skip: missing('java', 'maven'),
  timeout: 300_000,
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-scaffold-streams-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const command = join(root, 'packages/eventwright/src/cli/main.ts')
  run(
    process.execPath,
    ['--conditions=@eventwright/source', command, 'scaffold', 'orders', '--streams'],
    folder,
  )
  const streams = join(folder, 'orders/streams')
  const pom = readFileSync(join(streams, 'pom.xml'), 'utf8')
  assert.doesNotMatch(pom, /app\.sources|target\.dir|kafka-streams-app\.java/)
  run('mvn', ['-q', '-B', 'package', '-Dtest=NamesTest'], streams)
  const report = join(streams, 'target/surefire-reports/com.example.shop.NamesTest.txt')
  assert.match(readFileSync(report, 'utf8'), /Tests run: [1-9]\d*, Failures: 0, Errors: 0/)
  // Its main reads the environment first, and says what is wrong with it.
  const classes = ['target/classes', readFileSync(join(streams, 'target/classpath'), 'utf8').trim()]
  const main = spawnSync('java', ['-cp', classes.join(delimiter), 'com.example.shop.KafkaStreamsApp'], {
    cwd: streams,
    encoding: 'utf8',
    env: { ...process.env, HTTP_PORT: '70000' },
  })
  assert.match(main.stderr, /HTTP_PORT is not a port/)
  assert.equal(main.status, 2)
})
