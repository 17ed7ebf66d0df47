import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventwright as alone, type Ended, folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

interface Broken {
  readonly flow: string
  readonly decide?: string
  readonly says: RegExp
  /** It would end other commands' process too. */
  readonly endsProcess?: true
}

const DECIDE = 'decide: ./make.ts#make, emit: Made'

const BROKEN: Readonly<Record<string, Broken>> = {
  'broken YAML': { flow: 'eventwright: 1\nname: [tiny\n', says: /tiny\.yaml:\d+:\d+ broken yaml-syntax/ },
  'an empty file': { flow: '', says: /tiny\.yaml:1:1 broken empty-file/ },
  'a file of comments': { flow: '# nothing yet\n', says: /tiny\.yaml:1:1 broken empty-file/ },
  'a list': { flow: '- eventwright: 1\n', says: /tiny\.yaml:1:1 broken / },
  'a text': { flow: 'hello\n', says: /tiny\.yaml:1:1 broken / },
  'bytes that are no text': { flow: '\u0000\u0001\u0002', says: /tiny\.yaml/ },
  'a YAML bomb': { flow: yamlBomb(), says: /tiny\.yaml:\d+:\d+ broken alias-limit/ },
  'an unknown key': {
    flow: tinyFlow().replace('namespace:', 'namespcae:'),
    says: /tiny\.yaml:3:1 broken unknown-key[\s\S]*namespace/,
  },
  'a syntax error in CEL': {
    flow: tinyFlow("require: { Never: 'cmd.thingId ==' }, emit: Made"),
    says: /tiny\.yaml:11:\d+ broken expression-syntax/,
  },
  'a decide file that is not there': {
    flow: tinyFlow(DECIDE),
    says: /broken decide-unreadable\n.*no such file/,
  },
  'a decide file that throws when it is loaded': {
    flow: tinyFlow(DECIDE),
    decide: "throw new Error('boom on import')\nexport function make() {}\n",
    says: /broken decide-unreadable\n.*boom on import/,
  },
  'a decide file with a syntax error': {
    flow: tinyFlow(DECIDE),
    decide: 'export function make( {\n',
    says: /broken decide-unreadable/,
  },
  'a decide file without the export': {
    flow: tinyFlow(DECIDE),
    decide: 'export function produce() {}\n',
    says: /broken decide-unreadable\n.*exports no function `make`/,
  },
  'a decide file that ends the process': {
    flow: tinyFlow(DECIDE),
    decide: 'process.exit(0)\n',
    endsProcess: true,
    says: /^eventwright: A file of yours, that the flow or --app names, ended the process/,
  },
}

for (const [what, { flow, decide, says, endsProcess }] of Object.entries(BROKEN)) {
  test(`${what}: run says so at its place, exit 2, and nothing is written`, async (t) => {
    const files = { 'tiny.yaml': flow, ...(decide === undefined ? {} : { 'make.ts': decide }) }
    const cwd = folderWith(t, files)
    const command = endsProcess ? alone : eventwright
    const run = await command(['run', 'tiny.yaml', '--store', 'sqlite:tiny.db'], { cwd })
    assert.match(run.stderr, says)
    assert.equal(run.stdout, '')
    assert.equal(run.code, 2)
    assert.deepEqual(readdirSync(cwd).sort(), Object.keys(files).sort())
  })
}

const DECIDES_WRONGLY: Readonly<Record<string, readonly [string, string]>> = {
  throws: ["throw new Error('boom in the call')", 'make of Make threw: boom in the call'],
  'throws a text': ["throw 'boom'", 'make of Make threw: boom'],
  'gives an event that is not listed': [
    "return { type: 'Unmade', data: {} }",
    "make of Make gives { type: 'Unmade', data: {} }, which is neither an event { type, data } that its `emit:` lists nor a refusal { name }",
  ],
  'gives a refusal that is not listed': [
    "return { name: 'Never' }",
    'make of Make refuses with Never, which its `refuse:` does not list',
  ],
  'gives no event at all': [
    "return 'Made'",
    "make of Make gives 'Made', which is neither an event { type, data } that its `emit:` lists nor a refusal { name }",
  ],
  'gives a promise': [
    "return Promise.reject(new Error('late'))",
    'make of Make gives a promise: it must answer at once, since a decision is pure',
  ],
}

for (const [what, [body, message]] of Object.entries(DECIDES_WRONGLY)) {
  test(`a decide file that ${what} fails its scenario with one message, exit 2`, async (t) => {
    const cwd = folderWith(t, {
      'tiny.yaml': tinyFlow(DECIDE),
      'make.ts': `export function make() { ${body} }\n`,
    })
    const { code, stdout, stderr } = await eventwright(['run', 'tiny.yaml'], { cwd })
    const [, verdict, why, next] = stdout.split('\n\n').join('\n').split('\n')
    assert.match(verdict ?? '', /✗ it is made/)
    assert.equal(why, `      tiny.yaml:11:57: ${message}`)
    assert.match(next ?? '', /^Scenarios touch /)
    assert.equal(stderr, '')
    assert.equal(code, 2)
  })
}

test('check says the same of a broken file on standard output', async (t) => {
  const { flow, says } = BROKEN['broken YAML'] ?? assert.fail()
  const { code, stdout, stderr } = await eventwright(['check', 'tiny.yaml'], {
    cwd: folderWith(t, { 'tiny.yaml': flow }),
  })
  assert.match(stdout, says)
  assert.equal(stderr, '')
  assert.equal(code, 2)
})

test('an error that a decide file leaves behind ends the command with one message', async (t) => {
  const decide =
    "export function make() { setTimeout(() => { throw new Error('left behind') }); return { type: 'Made', data: {} } }\n"
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow(DECIDE), 'make.ts': decide })
  const { code, stderr } = await alone(['run', 'tiny.yaml'], { cwd })
  assert.match(stderr, /^eventwright: left behind\n/)
  assert.equal(code, 4)
})

test('a file that is not there, a folder, and one of 50 MB cannot be read: exit 4', async (t) => {
  const cwd = folderWith(t)
  mkdirSync(join(cwd, 'folder'))
  writeFileSync(join(cwd, 'large.yaml'), '# large\n'.repeat(6_553_600))
  const cases: readonly (readonly [string, RegExp])[] = [
    ['missing.yaml', /^eventwright: There is no file missing\.yaml/],
    ['folder', /^eventwright: folder is a directory/],
    ['large.yaml', /^eventwright: large\.yaml .*(large|MB)/],
  ]
  for (const [file, says] of cases) {
    for (const command of ['run', 'check']) {
      const end: Ended = await eventwright([command, file], { cwd })
      assert.match(end.stderr, says)
      assert.equal(end.stderr.trimEnd().split('\n').length, 1)
      assert.equal(end.stdout, '')
      assert.equal(end.code, 4)
    }
  }
})

/** Ten levels of aliases, each ten times the one before: ten thousand million elements, if anybody expands it. */
function yamlBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const aliases = Array.from({ length: 10 }, () => `*l${level}`).join(', ')
    return `l${level + 1}: &l${level + 1} [${aliases}]\n`
  })
  return `l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n${levels.join('')}`
}
