// The skill's script that checks events, and how its scripts find the command: as real processes, in made-up projects.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { missing } from '../machine.mjs'
import { root } from '../setup.mjs'

const SKILL = join(root, 'skills/building-event-driven-architecture')
const MAIN = join(root, 'packages/eventwright/src/cli/main.ts')
const place = mkdtempSync(join(tmpdir(), 'eventwright skill '))
after(() => rmSync(place, { recursive: true, force: true }))

// A copy, so that nothing of this repository is above it; in a folder whose name is hard on scripts.
const skill = join(place, `it's "the" skill`)
for (const part of [
  'scripts/find-eventwright.sh',
  'tests/validate-events.sh',
  'validators/event-schema.json',
])
  cpSync(join(SKILL, part), join(skill, part), { recursive: true })

/** Programs under these names, each a shell script. @param {string} folder @param {Record<string, string>} programs */
function programs(folder, programs) {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

const REAL = `exec '${process.execPath}' --conditions=@eventwright/source '${MAIN}' "$@"`
const NODE = `exec '${process.execPath}' "$@"`
const OLD_NODE = 'echo v20.20.2'

// What the scripts call besides the command, and nothing more: no node and no npx of this machine.
const tools = programs(join(place, 'tools'), {})
for (const tool of ['dirname', 'cat', 'bash', 'sh']) {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' })
  programs(tools, { [tool]: `exec '${stdout.trim()}' "$@"` })
}

const GOOD = JSON.stringify({
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 'com.x.Made.v1',
  data: { thing: 't' },
})
const WRONG = GOOD.replace('"t"', '7')

let projects = 0
/** A project with these files. @param {Record<string, string | Buffer>} [files] */
function project(files = {}) {
  const folder = join(place, `project ${projects++}`)
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** @param {string[]} args @param {{ cwd: string, path?: string[], input?: string | Buffer, script?: string }} settings */
function run(args, { cwd, path = [], input = '', script = join(skill, 'tests/validate-events.sh') }) {
  const env = { PATH: [...path, tools].join(':'), HOME: place }
  const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...args], {
    cwd,
    env,
    input,
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

const withNode = programs(join(place, 'with node'), { node: NODE })
const withCommand = programs(join(place, 'with command'), { node: NODE, eventwright: REAL })
const SCHEMAS = { 'schemas/Made.v1.json': '{"properties":{"thing":{"type":"string"}}}' }

test('the command is found in the nearest project above, with the Node of that project', () => {
  const cwd = project({ ...SCHEMAS, 'deep/er/e.json': WRONG })
  programs(join(cwd, 'node_modules/.bin'), { eventwright: REAL, node: NODE })
  const old = programs(join(place, 'old'), { node: OLD_NODE, eventwright: 'echo never; exit 9' })
  const { code, stderr } = run(['e.json'], { cwd: join(cwd, 'deep/er'), path: [old] })
  assert.match(stderr, /node_modules\/\.bin\/eventwright \(project\)/)
  assert.equal(code, 0, 'no schemas there, so only the envelope')
  assert.equal(run(['deep/er/e.json'], { cwd, path: [old] }).code, 1)
})

test('else on PATH', () => {
  const { code, stderr } = run(['e.json'], { cwd: project({ 'e.json': GOOD }), path: [withCommand] })
  assert.match(stderr, /with command\/eventwright \(PATH\)/)
  assert.equal(code, 0, stderr)
})

test('else the bundled file beside the scripts', () => {
  const bundled = join(skill, 'scripts/eventwright.mjs')
  writeFileSync(
    bundled,
    'process.stdout.write(JSON.stringify(process.argv.slice(2)))\nprocess.exitCode = 1\n',
  )
  const { code, stdout, stderr } = run([`a b's.json`], { cwd: project(), path: [withNode] })
  rmSync(bundled)
  assert.match(stderr, /eventwright\.mjs \(bundled\)/)
  const schema = join(skill, 'validators/event-schema.json')
  assert.deepEqual(JSON.parse(stdout), ['validate', '--envelope-schema', schema, '--fast', `a b's.json`])
  assert.equal(code, 1)
})

test('else npx fetches the version of this package', () => {
  const path = [programs(join(place, 'npx'), { node: NODE, npx: 'echo "$@"; exit 1' })]
  const { version } = JSON.parse(readFileSync(join(root, 'packages/eventwright/package.json'), 'utf8'))
  const { code, stdout } = run(['e.json'], { cwd: project(), path })
  assert.ok(stdout.startsWith(`--yes eventwright@${version} validate `), stdout)
  assert.equal(code, 1)
})

test('where there is no command, no Node, or an old Node, that is said, exit 4', () => {
  const cwd = project({ 'e.json': GOOD })
  const old = programs(join(place, 'only old'), { node: OLD_NODE, eventwright: REAL })
  for (const [path, says] of /** @type {const} */ ([
    [[withNode], /There is no command eventwright[\s\S]*npm install/],
    [[], /needs Node 24 or newer, and there is no node/],
    [[old], /needs Node 24 or newer; .*only old\/node is v20\.20\.2/],
  ])) {
    const { code, stderr } = run(['e.json'], { cwd, path: [...path] })
    assert.match(stderr, says)
    assert.equal(code, 4)
  }
})

test('--help needs no command; without arguments it is printed as an error', () => {
  const help = run(['--help'], { cwd: project() })
  assert.match(help.stdout, /^Usage: validate-events\.sh/)
  assert.deepEqual([help.code, help.stderr], [0, ''])
  const nothing = run([], { cwd: project() })
  assert.deepEqual([nothing.code, nothing.stdout], [3, ''])
})

/** A place where the command is on PATH. @param {string[]} args @param {string} cwd @param {string | Buffer} [input] */
const check = (args, cwd, input) =>
  run(args, { cwd, path: [withCommand], ...(input !== undefined && { input }) })

test('the first wrong payload of any kind fails, in every form that events come in', () => {
  const yaml = (/** @type {string} */ thing) =>
    `specversion: '1.0'\nid: '1'\nsource: /s\ntype: com.x.Made.v1\ndata: { thing: ${thing} }\n`
  const cwd = project({
    ...SCHEMAS,
    "in it's/good.json": GOOD,
    "in it's/list.json": `[${GOOD},${GOOD}]`,
    "in it's/a b.ndjson": `${GOOD}\n${GOOD}\n`,
    "in it's/y.yaml": yaml('t'),
    "in it's/packed.ndjson.gz": gzipSync(GOOD),
    'wrong/w.json': WRONG,
    'list.json': `[${GOOD},${WRONG}]`,
    'two.ndjson': `${GOOD}\n${WRONG}\n${WRONG}\n`,
    'y.yaml': `${yaml('t')}---\n${yaml('7')}`,
    'packed.gz': gzipSync(`${GOOD}\n${WRONG}`),
  })
  const good = check(["in it's"], cwd)
  assert.equal(good.code, 0, good.stdout + good.stderr)
  assert.match(good.stdout, /7 events in 5 files: none bad/)
  assert.match(good.stderr, /Payloads by --schemas \.\/schemas, found here/)
  assert.equal(check(["in it's/*.{json,ndjson}"], cwd).code, 0)
  assert.equal(check(['-'], cwd, GOOD).code, 0)
  for (const wrong of ['wrong', '**/w.json', 'list.json', 'two.ndjson', 'y.yaml', 'packed.gz']) {
    const { code, stdout } = check(["in it's/good.json", wrong], cwd)
    assert.equal(code, 1, wrong)
    assert.match(stdout, /:\d+:\d+ error payload-invalid\n {2}\/data\/thing must be a string/)
    assert.match(stdout, /Stopped at the first finding/)
  }
  assert.match(check(['-'], cwd, gzipSync(WRONG)).stdout, /^<stdin>:1:\d+ error/)
  assert.match(check(['--all', 'two.ndjson'], cwd).stdout, /3 events in 1 file: 2 bad/)
})

test('no match is an error: of a glob, a folder, a file', () => {
  const cwd = project({ 'empty/notes.txt': '', 'void.ndjson': '' })
  for (const nothing of ['*.ndjsonl', 'empty', 'gone.json'])
    assert.equal(check([nothing], cwd).code, 4, nothing)
  assert.equal(check(['void.ndjson'], cwd).code, 1, 'a file without an event')
})

test('a flow file and an AsyncAPI file are found nearby too, and what is named goes before what is found', () => {
  const flow = readFileSync(join(SKILL, 'examples/worked-order-processing.yaml'), 'utf8')
  const event = GOOD.replace('com.x.Made.v1', 'com.example.shop.OrderCancelled.v1')
  const cwd = project({ 'shop.flow.yaml': flow, 'e.json': event, 'other/Made.json': 'true', 'g.json': GOOD })
  const found = check(['e.json'], cwd)
  assert.match(found.stderr, /Payloads by --flow \.\/shop\.flow\.yaml/)
  assert.match(found.stdout, /\/data\/reason is missing|\/data\/orderId is missing/)
  assert.equal(found.code, 1)
  const named = check(['--schemas', 'other', 'g.json'], cwd)
  assert.doesNotMatch(named.stderr, /found here/)
  assert.equal(named.code, 0, named.stdout)
  const api = 'asyncapi: 3.0.0\ncomponents: { messages: { Made: { payload: { required: [gone] } } } }\n'
  assert.match(
    check(['g.json'], project({ 'asyncapi.yaml': api, 'g.json': GOOD })).stdout,
    /\/data\/gone is missing/,
  )
})

test('an envelope that the schema file of the skill refuses fails, with that file changed as well', () => {
  const cwd = project({ 'e.json': GOOD })
  assert.match(check(['--envelope', 'stored', 'e.json'], cwd).stdout, /is missing/)
  const file = join(skill, 'validators/event-schema.json')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace('"type"\n      ]', '"type", "tenantid"\n      ]')
      .replace('"source", "type"]', '"source", "type", "tenantid"]'),
  )
  const { code, stdout } = check(['e.json'], cwd)
  writeFileSync(file, text)
  assert.match(stdout, /\/tenantid is missing/)
  assert.equal(code, 1)
})

test('the scripts are clean for shellcheck', { skip: missing('shellcheck') }, () => {
  const files = ['scripts/find-eventwright.sh', 'tests/validate-events.sh'].map((file) => join(SKILL, file))
  const { status, stdout } = spawnSync('shellcheck', files, { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})
