import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { everyInterleaving } from '../../skills/building-event-driven-architecture/examples/pitfalls/lab.ts'
import { root } from '../setup.mjs'
import { mutants } from './pitfall-mutants.mjs'

const SKILL = join(root, 'skills/building-event-driven-architecture')
const SOURCES = join(SKILL, 'examples/pitfalls')
const REFERENCE = join(SKILL, 'references/eda-patterns.md')

/** Nothing is installed here, as in a skill that was put into somebody's project. */
const bare = mkdtempSync(join(tmpdir(), 'eventwright-pitfalls-'))
after(() => rmSync(bare, { recursive: true, force: true }))

const programs = globSync('[0-9]*.ts', { cwd: SOURCES }).sort()

test('there are twelve pitfalls, each with mutants, and the reference leads to each', () => {
  assert.equal(programs.length, 12)
  assert.deepEqual(Object.keys(mutants), programs)
  const reference = readFileSync(REFERENCE, 'utf8')
  assert.deepEqual(
    programs.filter((name) => !reference.includes(`(../examples/pitfalls/${name})`)),
    [],
  )
})

test('the reference tells each pitfall alike: its timeline, the mend, the program, and what gives it in Eventwright', () => {
  const sections = readFileSync(REFERENCE, 'utf8').split(/^### /m).slice(1)
  assert.equal(sections.length, 12)
  for (const [index, section] of sections.entries()) {
    const name = programs[index] ?? ''
    assert.ok(section.startsWith(`${index + 1}. `), section)
    assert.match(
      section,
      /^```text\n(.+ {3,}.+\n)[^`]+```$/m,
      `${name} has a timeline of two columns or more`,
    )
    const [, mend = '', program = '', eventwright = ''] =
      /\*\*Mend:\*\* (.+?) Program: \[.+?\]\(..\/examples\/pitfalls\/(.+?)\).*? In Eventwright: (.+)/.exec(
        section,
      ) ?? []
    assert.ok(mend.length > 40 && eventwright.length > 20, name)
    assert.equal(program, name)
  }
})

test('a program needs nothing but Node and the one file beside it, and is short', () => {
  for (const name of [...programs, 'lab.ts']) {
    const text = readFileSync(join(SOURCES, name), 'utf8')
    const imported = [...text.matchAll(/^import .* from '(.+)'$/gm)].map(([, from]) => from ?? '')
    assert.ok(imported.length > 0)
    assert.deepEqual(
      imported.filter((from) => !from.startsWith('node:') && from !== './lab.ts'),
      [],
      name,
    )
    assert.ok(text.split('\n').length <= 140, `${name} is short`)
    assert.doesNotMatch(text, /setTimeout|setInterval|timers/, `${name} waits for nothing by the clock`)
  }
})

test('every interleaving is tried, and none twice', () => {
  /** @param {string} name @returns {import('../../skills/building-event-driven-architecture/examples/pitfalls/lab.ts').Actor} */
  function* actor(name) {
    yield `${name}1`
    yield `${name}2`
    return `${name}3`
  }
  const stories = everyInterleaving(() => ({ actors: [actor('a'), actor('b')], outcome: () => 0 }))
  const told = stories.map(({ story }) => story.join(' '))
  assert.equal(told.length, 20)
  assert.equal(new Set(told).size, 20)
})

test('an actor goes on when its condition holds; when none can, that is an error', () => {
  /** @param {() => boolean} condition @returns {import('../../skills/building-event-driven-architecture/examples/pitfalls/lab.ts').Actor} */
  function* waits(condition) {
    yield condition
    return 'goes on'
  }
  let open = false
  function* opens() {
    yield 'opens soon'
    open = true
    return 'open'
  }
  const world = () => {
    open = false
    return { actors: [waits(() => open), opens()], outcome: () => 0 }
  }
  assert.ok(everyInterleaving(world).every(({ story }) => story.join(' ') === 'opens soon open goes on'))
  assert.throws(
    () => everyInterleaving(() => ({ actors: [waits(() => false)], outcome: () => 0 })),
    /waits for another/,
  )
})

describe('pitfalls', { concurrency: 2 }, () => {
  for (const name of programs) {
    const folder = copy(name)

    test(`${name} fails without the mend and holds with it`, async () => {
      const { status, stdout, stderr } = await run(folder, name)
      assert.equal(stderr, '')
      assert.match(stdout, /^naive: FAILS$/m)
      assert.match(stdout, /^mended: holds$/m)
      assert.match(stdout, /^In Eventwright: /m)
      assert.equal(status, 0, stdout)
    })

    test(`${name} naive: exit 1, and what went wrong is shown`, async () => {
      const { status, stdout, stderr } = await run(folder, name, 'naive')
      assert.equal(stderr, '')
      assert.match(stdout, /<- should be /)
      assert.doesNotMatch(stdout, /^mended/m)
      assert.equal(status, 1)
    })

    test(`${name} mended: exit 0`, async () => {
      const { status, stdout, stderr } = await run(folder, name, 'mended')
      assert.equal(stderr, '')
      assert.doesNotMatch(stdout, /^naive|<- should be/m)
      assert.equal(status, 0)
    })

    for (const [what, ...edits] of mutants[name] ?? []) {
      test(`${name} mended fails where ${what}`, async () => {
        const changed = copy(name, edits)
        const { status, stdout, stderr } = await run(changed, name, 'mended')
        assert.equal(stderr, '', 'it fails by its figures, not by an error')
        assert.match(stdout, /^mended: FAILS$/m)
        assert.equal(status, 1)
      })
    }
  }
})

test('another word than the two is a mistake, and said to be', async () => {
  const [name = ''] = programs
  const { status, stderr } = await run(copy(name), name, 'both')
  assert.match(stderr, /^Usage: /)
  assert.equal(status, 3)
})

/**
 * The program beside its one file in a folder of its own; with edits, each of which changes one place.
 * @param {string} name
 * @param {readonly (readonly [string, string])[]} edits
 */
function copy(name, edits = []) {
  const folder = mkdtempSync(join(bare, 'program-'))
  mkdirSync(folder, { recursive: true })
  for (const file of ['lab.ts', 'package.json']) cpSync(join(SOURCES, file), join(folder, file))
  let text = readFileSync(join(SOURCES, name), 'utf8')
  for (const [from, to] of edits) {
    assert.equal(text.split(from).length, 2, `in ${name} there is one: ${from}`)
    text = text.replace(from, () => to)
  }
  writeFileSync(join(folder, name), text)
  return folder
}

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number | null, stdout: string, stderr: string }>}
 */
function run(cwd, ...args) {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env
  // A program starts many times; compiling it once halves what this file costs.
  const env = { ...inherited, NODE_COMPILE_CACHE: join(bare, 'compiled') }
  const child = spawn(process.execPath, args, { cwd, env, timeout: 120_000, killSignal: 'SIGKILL' })
  const out = { stdout: '', stderr: '' }
  for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      out[stream] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, ...out }))
  })
}
