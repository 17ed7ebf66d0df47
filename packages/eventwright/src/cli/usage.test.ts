import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Command } from 'commander'
import { COMMANDS } from './commands.ts'
import { eventwright } from './fixtures/one-process.ts'

test('each command has help with an example, on standard output', async () => {
  for (const [args, example] of [
    [['--help'], /Examples?:\n {2}\$ eventwright run shop\.flow\.yaml/],
    [['run', '--help'], /Examples:\n {2}\$ eventwright run shop\.flow\.yaml\n/],
    [['run', '--help'], /killed leaves a schema eventwright_run_… and topics eventwright\.run_…: drop them/],
    [['check', '-h'], /Examples:\n {2}\$ eventwright check shop\.flow\.yaml\n/],
  ] as const) {
    const { code, stdout, stderr } = await eventwright(args)
    assert.match(stdout, example)
    assert.equal(stderr, '')
    assert.equal(code, 0)
  }
})

test('each command is listed under its own name and description, before it is loaded', async () => {
  for (const { name, does, load } of COMMANDS) {
    const program = new Command()
    const add = await load()
    add(program, () => {})
    assert.deepEqual(
      program.commands.map((command) => [command.name(), command.description()]),
      [[name, does]],
    )
  }
})

test('--version is that of the package', async () => {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  const { code, stdout } = await eventwright(['--version'])
  assert.ok(typeof manifest === 'object' && manifest !== null && 'version' in manifest)
  assert.equal(stdout, `${manifest.version}\n`)
  assert.equal(code, 0)
})

test('a wrong use says what is wrong and what was meant, exit 3', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^Usage: eventwright /],
    [['chekc', 'told.yaml'], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [['run', 'told.yaml', '--stroe', 'memory:'], /unknown option '--stroe'\n\(Did you mean --store\?\)/],
    [['run'], /missing required argument 'flow'/],
    [['run', 'told.yaml', 'other.yaml'], /too many arguments/],
    [['run', 'told.yaml', '--store'], /argument missing/],
    [['run', 'told.yaml', '--broker', 'kafka://'], /the address of Kafka is "kafka:\/\/": use 'kafka:/],
    [
      ['run', 'told.yaml', '--broker', 'kafka://one?prefix=a%20b'],
      /the prefix for Kafka is "a b": use at most/,
    ],
    [['check'], /missing required argument 'flow'/],
    [
      ['check', 'told.yaml', '--format', 'xml'],
      /'xml' is invalid[\s\S]*text, json, ndjson, sarif, github, junit, gitlab/,
    ],
  ]
  for (const [args, says] of wrong) {
    const { code, stdout, stderr } = await eventwright(args)
    assert.match(stderr, says)
    assert.equal(stdout, '')
    assert.equal(code, 3)
  }
})
