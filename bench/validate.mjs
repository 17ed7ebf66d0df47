// Validates the same events side by side: our command, ajv's standalone code, ajv-cli, the sourcemeta CLI.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import addFormats from 'ajv-formats'
import { event, NAMESPACE, SCHEMAS, writeEvents } from './validate/events.mjs'
import { measured } from './validate/measured.mjs'

const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } })
const COUNT = Number(values.events)
const SHARE = Math.min(COUNT, 200_000)
const here = import.meta.dirname
const root = join(here, '..')
// Below node_modules, so that generated code finds ajv's run time.
const cache = join(here, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'validate-'))
const at = (name) => join(folder, name)
const json = (name, value) => {
  writeFileSync(at(name), JSON.stringify(value))
  return at(name)
}

try {
  await compare()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function compare() {
  const all = at('all.ndjson')
  const share = at('share.jsonl')
  const wrong = at('wrong.jsonl')
  await writeEvents(all, COUNT)
  await writeEvents(share, SHARE)
  const bad = event(0)
  writeFileSync(wrong, `${JSON.stringify({ ...bad, data: { ...bad.data, total: 'much' } })}\n`)
  const megabytes = statSync(all).size / 1e6
  console.log(
    `${COUNT} events, ${megabytes.toFixed(0)} MB, ${Object.keys(SCHEMAS).length} types; node ${process.version}, ${availableParallelism()} cores\n`,
  )

  const tools = [ours(), ajvStandalone(), ajvCli(share, wrong), sourcemeta(share)]
  const rows = []
  for (const {
    name,
    events,
    run,
    file = events === COUNT ? all : share,
    wrongFile = wrong,
    note = '',
  } of tools) {
    if (run === undefined) {
      console.log(`${name}: not here (${note})`)
      continue
    }
    const refused = await measured(...run(wrongFile))
    const { seconds, cpu, megabytes: memory, code, said } = await measured(...run(file))
    if (code !== 0) console.log(`${name} ended with ${code}: ${said}`)
    else if (refused.code === 0)
      console.log(`${name} took a wrong event for a good one: its time says nothing`)
    else rows.push({ name, events, seconds, cpu, memory, note })
  }
  print(rows)
}

function print(rows) {
  const base = rows.find(({ name }) => name.startsWith('ajv standalone'))
  const perSecond = ({ events, seconds }) => events / seconds
  console.log('tool                          events   seconds  events/s  against ajv  cpu s  peak MB')
  for (const row of rows) {
    const ratio = base === undefined ? '' : (perSecond(row) / perSecond(base)).toFixed(2)
    const cells = [
      row.name.padEnd(26),
      String(row.events).padStart(9),
      row.seconds.toFixed(2).padStart(9),
      perSecond(row).toFixed(0).padStart(9),
      ratio.padStart(12),
      (row.cpu > 0 ? row.cpu.toFixed(1) : '?').padStart(6),
      (row.memory > 0 ? row.memory.toFixed(0) : '?').padStart(8),
    ]
    console.log(`${cells.join(' ')}  ${row.note}`.trimEnd())
  }
}

function ours() {
  const events = Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [`${name}.v1`, schema]))
  const catalog = json('catalog.json', { namespace: NAMESPACE, events })
  const main = join(root, 'packages/eventwright/src/cli/main.ts')
  const run = (file) => [
    process.execPath,
    ['--conditions=@eventwright/source', main, 'validate', file, '--catalog', catalog, '--quiet'],
  ]
  return { name: 'eventwright validate', events: COUNT, run }
}

function envelope() {
  const file = join(root, 'skills/building-event-driven-architecture/validators/event-schema.json')
  return JSON.parse(readFileSync(file, 'utf8'))
}

function ajvStandalone() {
  const ajv = new Ajv2020({ strict: false, code: { source: true } })
  addFormats.default(ajv)
  ajv.addSchema(envelope(), 'envelope')
  for (const [name, schema] of Object.entries(SCHEMAS)) ajv.addSchema(schema, name)
  const names = Object.fromEntries(['envelope', ...Object.keys(SCHEMAS)].map((name) => [name, name]))
  const code = at('validators.cjs')
  writeFileSync(code, standaloneCode.default(ajv, names))
  const run = (file) => [process.execPath, [join(here, 'validate/ajv-standalone.mjs'), file, code, NAMESPACE]]
  return { name: 'ajv standalone, 1 thread', events: COUNT, run }
}

/** Envelope and payload as one schema. */
function composed() {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:bench:composed',
    allOf: [
      { $ref: 'urn:eventwright:event:1#published' },
      ...Object.entries(SCHEMAS).map(([name, schema]) => ({
        if: { properties: { type: { const: `${NAMESPACE}.${name}.v1` } } },
        then: { required: ['data'], properties: { data: schema } },
      })),
    ],
  }
}

function ajvCli(share, wrong) {
  // It reads no NDJSON: the same events as one list.
  const list = (file) => `[${readFileSync(file, 'utf8').trim().split('\n').join(',')}]`
  writeFileSync(at('share.json'), list(share))
  writeFileSync(at('wrong.json'), list(wrong))
  const { $schema, $id, ...rest } = composed()
  const schema = json('list.schema.json', { $schema, $id, type: 'array', items: rest })
  const reference = json('envelope.json', envelope())
  const cli = join(here, 'node_modules/ajv-cli/dist/index.js')
  const run = (file) => [
    process.execPath,
    [
      cli,
      'validate',
      '--spec=draft2020',
      '--strict=false',
      '-c',
      'ajv-formats',
      '-s',
      schema,
      '-r',
      reference,
      '-d',
      file,
    ],
  ]
  return {
    name: 'ajv-cli',
    events: SHARE,
    run,
    file: at('share.json'),
    wrongFile: at('wrong.json'),
    note: 'one JSON list: it reads no NDJSON',
  }
}

function sourcemeta(share) {
  const binary = join(here, 'node_modules/.bin/jsonschema')
  const schema = json('composed.schema.json', composed())
  const reference = json('envelope.schema.json', envelope())
  const run = (file) => [binary, ['validate', schema, file, '--resolve', reference, '--fast']]
  const note = existsSync(binary) ? 'formats unchecked' : 'npm brought no binary'
  return {
    name: 'sourcemeta CLI --fast',
    events: SHARE,
    run: existsSync(binary) ? run : undefined,
    file: share,
    note,
  }
}
