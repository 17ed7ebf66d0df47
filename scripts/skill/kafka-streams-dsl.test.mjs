// Compiles every Java block of the Kafka Streams reference, runs what can be run on a TopologyTestDriver, and
// compares what it does with what the document says: traces, printed output, and the cells of its tables. Compiled
// for the oldest release that the reference is about, run on it and on the one that the skill's template uses.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readDocument, root } from '../../docs/documents.ts'
import { missing } from '../machine.mjs'
import { blocksOf, tracesOf } from './streams-snippets/blocks.mjs'
import { bareSetting, strangeNames } from './streams-snippets/names.mjs'
import { project, versionsOf } from './streams-snippets/project.mjs'

/** @typedef {import('./streams-snippets/project.mjs').Answers} Answers */
/** @typedef {import('./streams-snippets/project.mjs').Request} Request */

const PATH = 'skills/building-event-driven-architecture/references/kafka-streams-dsl.md'
const OLDEST = versionsOf(join(import.meta.dirname, 'streams-snippets/pom.xml'))
const TEMPLATE = versionsOf(
  join(root, 'skills/building-event-driven-architecture/tests/kafka-streams/pom.xml'),
)
const skip = missing('java', 'maven')

const { fences, rows, text } = readDocument(PATH)
const blocks = blocksOf(fences)
const traces = tracesOf(fences)
const programs = blocks.filter(({ kind }) => kind === 'program').map(({ fence }) => fence)
const bare = blocks
  .filter(({ kind, fence }) => kind === 'topology' && !traces.some(({ of }) => of === fence))
  .map(({ fence }) => fence)

const place = skip ? undefined : project()
after(() => place?.dispose())
/** @type {Map<string, Answers>} by version of Kafka */
const known = new Map()

test('every Java block compiles, without a warning', { skip }, () => {
  assert.ok(blocks.length >= 20, 'the blocks were found')
  place?.write(blocks)
  assert.deepEqual(
    place?.compile().map((fault) => (/^\d/.test(fault) ? `${PATH}:${fault}` : fault)),
    [],
  )
})

for (const versions of [OLDEST, TEMPLATE]) {
  test(`everything runs on Kafka Streams ${versions.kafka}`, { skip }, () => {
    const answers = place?.run(requests(), versions) ?? {}
    known.set(versions.kafka, answers)
    assert.deepEqual(
      Object.keys(answers).sort(),
      requests()
        .map(({ id }) => id)
        .sort(),
    )
  })
}

for (const { fence, lines } of traces) {
  test(`${PATH}:${fence.line} is what the topology does`, { skip }, () => {
    assert.ok(lines.length > 0, 'the trace has lines')
    for (const [version, { lines: printed = [] }] of answers(`trace ${fence.line}`)) {
      const wrong = lines
        .map((line, index) => ({ ...line, found: (printed[index] ?? '').replaceAll(/\s+/g, ' ') }))
        .filter(({ expected, found }) => expected !== found)
      const messages = wrong.map(
        ({ number, input, expected, found }) => `${PATH}:${number}: ${input} → ${found}, not ${expected}`,
      )
      assert.deepEqual(messages, [], version)
    }
  })
}

for (const fence of programs) {
  test(`${PATH}:${fence.line} prints what it says`, { skip }, () => {
    const next = fences[fences.indexOf(fence) + 1]
    if (!next?.options.has('output')) throw new Error(`${PATH}:${fence.line}: a \`text output\` must follow.`)
    for (const [version, { text: printed }] of answers(`program ${fence.line}`)) {
      assert.equal(printed, next.text, `${PATH}:${next.line} on ${version}`)
    }
  })
}

for (const fence of bare) {
  test(`${PATH}:${fence.line} gives a topology`, { skip }, () => {
    for (const [version, { text: described = '' }] of answers(`build ${fence.line}`)) {
      assert.match(described, /Sub-topology|Global/, version)
    }
  })
}

for (const [table, head] of [
  ['joins', 'join'],
  ['operations', 'operation'],
]) {
  test(`every cell of the table of ${table} is what the operation does`, { skip }, () => {
    const written = rows.filter((row) => row.head[0] === head)
    for (const [version, { rows: proven = {} }] of answers(table ?? '')) {
      assert.deepEqual(written.map(({ cells }) => cells[0]).sort(), Object.keys(proven).sort(), version)
      assert.deepEqual(
        written.flatMap((row) => wrongCells(row, proven[row.cells[0] ?? ''] ?? {})),
        [],
        version,
      )
    }
  })
}

test('every internal topic in the table of names is what the operator writes', { skip }, () => {
  const written = rows.filter((row) => row.head[0] === 'has a topic or store')
  for (const [version, { rows: proven = {} }] of answers('names')) {
    assert.deepEqual(written.map(({ cells }) => cells[0]).sort(), Object.keys(proven).sort(), version)
    const wrong = written.flatMap(({ cells: [kind = '', , said = ''], line }) =>
      [...said.matchAll(/`([^`]+)`/g)]
        .filter(([, topic = '']) => !(topic in (proven[kind] ?? {})))
        .map(([, topic]) => `${PATH}:${line}: ${topic} is none of ${Object.keys(proven[kind] ?? {})}`),
    )
    assert.deepEqual(wrong, [], version)
  }
})

test('every default in a table of settings is that of this version', { skip }, () => {
  const settings = rows.filter((row) => row.head[0] === 'setting')
  assert.ok(settings.length >= 20, 'the settings were found')
  for (const [version, { defaults = {} }] of answers('api')) {
    const wrong = settings
      .map(({ cells: [name = '', said = ''], line }) => ({ name: name.replaceAll('`', ''), said, line }))
      .filter(({ name, said }) => said !== `\`${defaults[name]}\``)
      .map(({ name, said, line }) => `${PATH}:${line}: ${name}: \`${defaults[name]}\`, not ${said}`)
    assert.deepEqual(wrong, [], version)
  }
})

test('every class, method and setting that the text names is there', { skip }, () => {
  const own = new Set(blocks.flatMap(({ fence }) => fence.text.match(/\w+/g) ?? []))
  for (const [version, api] of answers('api')) {
    const strange = strangeNames(text, api, own).map(
      ({ line, name }) => `${PATH}:${line}: \`${name}\` is not there`,
    )
    assert.deepEqual(strange, [], version)
  }
})

test('every key of a properties block is a setting', { skip }, () => {
  const keys = fences
    .filter(({ language }) => language === 'properties')
    .flatMap(({ text: lines, line }) =>
      lines.split('\n').map((each, index) => ({ each, at: line + 1 + index })),
    )
    .filter(({ each }) => /^[^#]/.test(each))
    .map(({ each, at }) => ({ key: each.split('=')[0]?.trim() ?? '', at }))
  assert.ok(keys.length > 0, 'the settings were found')
  for (const [version, { defaults = {} }] of answers('api')) {
    const strange = keys.filter(({ key }) => !(bareSetting(key) in defaults))
    assert.deepEqual(
      strange.map(({ key, at }) => `${PATH}:${at}: ${key}`),
      [],
      version,
    )
  }
})

test('it names the versions that it was run on, and shows the dependencies of the template', () => {
  const shown = fences.filter(({ language }) => language === 'xml').map((fence) => fence.text)
  const versions = shown.flatMap((xml) =>
    [...xml.matchAll(/<version>(.+?)<\/version>/g)].map(([, version]) => version),
  )
  assert.deepEqual([...new Set(versions)], [TEMPLATE.kafka])
  assert.ok(
    text.includes(`Kafka Streams ${OLDEST.kafka} and ${TEMPLATE.kafka}`),
    'the text names the versions',
  )
})

/** @returns {Request[]} */
function requests() {
  return [
    { id: 'joins', kind: 'joins' },
    { id: 'operations', kind: 'operations' },
    { id: 'names', kind: 'names' },
    { id: 'api', kind: 'api' },
    ...bare.map(({ line }) => ({ id: `build ${line}`, kind: 'build', line })),
    ...programs.map(({ line }) => ({ id: `program ${line}`, kind: 'program', line })),
    ...traces.map(({ fence, of, times, lines }) => ({
      id: `trace ${fence.line}`,
      kind: 'trace',
      line: of.line,
      lines: lines.map(({ input }) => input),
      times,
    })),
  ]
}

/**
 * @param {import('../../docs/markdown.ts').Row} row
 * @param {Record<string, string>} proven
 */
function wrongCells({ cells, head, line }, proven) {
  return Object.entries(proven)
    .map(([column, found]) => ({ column, found, said: cells[head.indexOf(column)] }))
    .filter(({ found, said }) => found !== said)
    .map(({ column, found, said }) => `${PATH}:${line}: ${column}: ${found}, not ${said}`)
}

/**
 * What happened, by version of Kafka.
 * @param {string} id
 */
function answers(id) {
  const versions = new Set([OLDEST.kafka, TEMPLATE.kafka])
  assert.equal(known.size, versions.size, 'not everything was run: see the first tests')
  return [...known].map(([version, all]) => {
    const found = all[id]
    assert.ok(found, id)
    assert.equal(found.error?.replaceAll(/snippets\.Line\d+:/g, `${PATH}:`), undefined, version)
    return /** @type {const} */ ([version, found])
  })
}
