// SKILL.md by the Agent Skills specification, and by what it says: each path, command, option and code is there, and
// the commands of its three phases run, in their order, in a copy of the folder as an agent has it.
import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, describe, test } from 'node:test'
import * as core from '@eventwright/core'
import { CODES } from 'eventwright'
import { parse } from 'yaml'
import { helpOf } from '../../docs/command-help.ts'
import { readMarkdown } from '../../docs/markdown.ts'
import { workshop } from '../../docs/workshop.ts'

const SKILL = join(import.meta.dirname, '../../skills/building-event-driven-architecture')
const TEN = [
  'SKILL.md',
  'templates/kafka-streams-app.java',
  'templates/event-sourcing-aggregate.ts',
  'templates/kafka-topic-config.yaml',
  'references/eda-patterns.md',
  'references/kafka-streams-dsl.md',
  'scripts/scaffold-eda.sh',
  'validators/event-schema.json',
  'tests/validate-events.sh',
  'examples/worked-order-processing.yaml',
]
const FOLDERS = ['scripts', 'templates', 'references', 'validators', 'tests', 'examples']

const BANK = `
import { executeIn } from '@eventwright/core'
import { Payment } from './domain/payment.ts'
import { shop } from './generated/events.ts'

export const asked: string[] = []

export const bank = shop.consumer('bank', {
  topics: ['shop.payments'],
  on: {
    PaymentRequested: async (e, tx) => {
      asked.push(\`\${e.data.orderId}/payment\`)
      const commandId = \`\${e.id}/authorize\`
      await executeIn(tx, Payment.definition, { ...Payment.AuthorizePayment(e.data.orderId), commandId })
    },
  },
})
`
const BANK_TEST = `
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openApp } from '../src/app.ts'
import { asked } from '../src/bank.ts'
import { Payment } from '../src/domain/payment.ts'

test('the bank is asked, and its answer is recorded', async () => {
  const app = await openApp({ storeUrl: 'memory:', brokerUrl: 'memory:' })
  await app.execute(Payment.RequestPayment('o-1', { total: 900 }), { commandId: 'c-1' })
  await app.idle()
  const { events } = await app.store.read('Payment-o-1')
  await app.stop()
  assert.deepEqual(events.map(({ type }) => type), ['PaymentRequested', 'PaymentAuthorized'])
  assert.deepEqual([...new Set(asked)], ['o-1/payment'])
})
`

const text = readFileSync(join(SKILL, 'SKILL.md'), 'utf8')
const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
const { fences, headings, rows } = readMarkdown(text)
const prose = fences.reduce((rest, fence) => rest.replace(fence.text, ''), body)
const quoted = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, words]) => words ?? '')

describe('SKILL.md follows the specification', () => {
  const matter: Record<string, unknown> = parse(head)

  test('its name is the folder’s, and it has no field that the specification does not know', () => {
    assert.equal(matter.name, basename(SKILL))
    assert.match(String(matter.name), /^[a-z0-9]+(-[a-z0-9]+)*$/)
    const known = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools']
    assert.deepEqual(
      Object.keys(matter).filter((key) => !known.includes(key)),
      [],
    )
    assert.equal(matter.license, 'MIT')
    assert.ok(String(matter.compatibility).length <= 500)
  })

  test('its description says in 500 characters what for, when, and when not', () => {
    const description = String(matter.description)
    assert.ok(description.length <= 500, `${description.length} characters`)
    assert.match(description, /Use when .*Not for /)
    assert.doesNotMatch(description, /[<>]|---/)
  })

  test('its version is the command’s', () => {
    const manifest = JSON.parse(readFileSync(join(SKILL, '../../packages/eventwright/package.json'), 'utf8'))
    assert.deepEqual(matter.metadata, { version: manifest.version })
  })

  test('its body stays under 500 lines and 5,000 tokens', () => {
    assert.ok(body.split('\n').length < 500)
    // A token has about four characters of English, fewer in code: three and a half is on the safe side.
    assert.ok(body.length / 3.5 < 5000, `about ${Math.round(body.length / 3.5)} tokens`)
  })
})

describe('the pack is whole', () => {
  test('the ten files are there, and nothing else stands at the top', () => {
    assert.deepEqual(
      TEN.filter((file) => !existsSync(join(SKILL, file))),
      [],
    )
    const top = readdirSync(SKILL, { withFileTypes: true })
    const named = (folder: boolean): string[] =>
      top
        .filter((entry) => entry.isDirectory() === folder)
        .map(({ name }) => name)
        .sort()
    assert.deepEqual(named(true), FOLDERS.toSorted())
    assert.deepEqual(named(false), ['LICENSE', 'SKILL.md'])
  })

  test('SKILL.md says of every other file when it is read or run', () => {
    const table = rows.filter(({ heading }) => heading === 'The files').map(({ cells }) => cells.join(' '))
    for (const file of TEN.slice(1))
      assert.ok(
        table.some((row) => row.includes(`\`${file}\``)),
        file,
      )
  })

  test('every path that SKILL.md quotes is there', () => {
    const paths = quoted.filter((words) =>
      /^[\w./-]+\.(ts|java|yaml|json|md|sh|xml)$|^[\w-]+\/[\w./-]*$/.test(words),
    )
    assert.ok(paths.length > 15)
    // What the reader makes, and an id.
    const made = [
      '.eventwright/flow.schema.json',
      ...[
        'shop.flow.yaml',
        'topics.yaml',
        'shop/orders',
        'shop/payments',
        'src/app.ts',
        'src/domain',
        'src/generated',
      ],
      'o-1/payment',
    ]
    const there = (path: string): boolean =>
      ['', 'examples/pitfalls/'].some((folder) => existsSync(join(SKILL, folder + path)))
    assert.deepEqual(
      paths.filter((path) => !made.includes(path) && !there(path)),
      [],
    )
  })

  test('every section of another file that SKILL.md names is a heading there', () => {
    const named = [...text.matchAll(/`(references\/[\w.-]+\.md)`, "([^"]+)"/g)]
    assert.ok(named.length >= 2)
    for (const [, file = '', section] of named) {
      const there = readMarkdown(readFileSync(join(SKILL, file), 'utf8')).headings.map(
        (heading) => heading.text,
      )
      assert.ok(
        there.some((heading) => heading.includes(section ?? '?')),
        `${file} has no section ${section}`,
      )
    }
  })

  test('references lie one level deep: they lead to no further reference', () => {
    const faults = readdirSync(join(SKILL, 'references')).flatMap((file) =>
      readMarkdown(readFileSync(join(SKILL, 'references', file), 'utf8'))
        .links.filter(({ target }) => !/^(https:|#)/.test(target) && target.split('#')[0]?.endsWith('.md'))
        .map(({ target }) => `${file}: ${target}`),
    )
    assert.deepEqual(faults, [])
  })

  test('every code that the table of wrong beliefs names is a finding, or an error of the library', () => {
    const shown = rows
      .filter(({ heading }) => heading === 'Wrong beliefs')
      .map(({ cells }) => cells.at(-1) ?? '')
    const codes = shown.flatMap((cell) =>
      [...cell.matchAll(/`([A-Z][A-Za-z]+|[a-z]+(?:-[a-z]+)+)`/g)].map(([, code]) => code ?? ''),
    )
    assert.ok(codes.length >= 4)
    assert.deepEqual(
      codes.filter((code) => !(code in CODES) && !(code in core)),
      [],
    )
  })
})

describe('what SKILL.md tells to run runs', () => {
  const place = workshop()
  after(() => place.dispose())
  cpSync(SKILL, place.folder, { recursive: true })

  test('the flow that it shows has no findings, and its scenarios hold', () => {
    const flow = fences.find(({ language }) => language === 'yaml')
    assert.ok(flow)
    place.write('shop.flow.yaml', flow.text)
  })

  for (const fence of fences.filter(({ language }) => language === 'sh')) {
    for (const line of fence.text.trim().split('\n')) {
      test(line, () => {
        const { status, stdout, stderr } = place.run('bash', ['-c', line])
        assert.equal(status, 0, `${stdout}\n${stderr}`)
      })
    }
  }

  test('a call to the bank stands where it says, and the scenarios still hold', () => {
    const app = readFileSync(join(place.folder, 'shop/payments/src/app.ts'), 'utf8')
    assert.match(app, /\.\.\.elsewhere\]/)
    place.write(
      'shop/payments/src/app.ts',
      `import { bank } from './bank.ts'\n${app.replace('...elsewhere]', '...elsewhere, bank]')}`,
    )
    place.write('shop/payments/src/bank.ts', BANK)
    place.write('shop/payments/test/bank.test.ts', BANK_TEST)
    const tests = ['test/bank.test.ts', 'test/scenarios.test.ts']
    const { status, stdout, stderr } = place.run('node', ['--test', ...tests], 'shop/payments')
    assert.equal(status, 0, `${stdout}\n${stderr}`)
  })

  test('every option and command in its prose is one that the command has', async () => {
    const commands = quoted.filter((words) => /^npx eventwright [a-z]/.test(words))
    assert.ok(commands.length >= 2)
    for (const words of commands) {
      const [, , command = '', ...rest] = words.split(' ')
      const help = (await helpOf(command)) ?? assert.fail(`there is no command ${command}`)
      const absent = rest.filter((word) => word.startsWith('--') && !help.includes(word))
      assert.deepEqual(absent, [], `options of ${command}`)
    }
  })

  test('its two scripts explain themselves', () => {
    for (const script of ['scripts/scaffold-eda.sh', 'tests/validate-events.sh']) {
      const { status, stdout } = place.run('bash', [script, '--help'])
      assert.equal(status, 0)
      assert.match(stdout, /Usage|usage/)
    }
  })

  test('each program that shows a wrong belief stands in the table of wrong beliefs', () => {
    const programs = readdirSync(join(SKILL, 'examples/pitfalls')).filter((file) =>
      /^\d\d-.*\.ts$/.test(file),
    )
    assert.equal(programs.length, 12)
    const named = rows
      .filter(({ heading }) => heading === 'Wrong beliefs')
      .map(({ cells }) => cells.at(-1) ?? '')
    assert.deepEqual(
      programs.filter((file) => !named.some((cell) => cell.includes(file))),
      [],
    )
  })
})

test('no heading stands twice', () => {
  const twice = headings.filter(
    ({ anchor }, index) => headings.findIndex((other) => other.anchor === anchor) !== index,
  )
  assert.deepEqual(twice, [])
})
