import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../setup.mjs'
import { mutants } from './list/index.mjs'
import { edited } from './mutant.mjs'
import { judge } from './verdict.mjs'

/** What test files share: suites that several engines run, and those of a room. */
const SUITES = ['packages/core/src/testing/**/*.ts', 'packages/core/src/broker/kafka/fixtures/*.ts']
const suites = globSync(SUITES, { cwd: root }).map(read)

/** @param {string} path */
function read(path) {
  return readFileSync(join(root, path), 'utf8')
}

test('each mutant finds the guard that it takes out exactly once', () => {
  for (const { name, edits } of mutants) {
    /** @type {Map<string, string>} */
    const texts = new Map()
    for (const edit of edits) {
      const text = texts.get(edit.file) ?? read(edit.file)
      const broken = edited(edit.file, text, edit)
      assert.notEqual(broken, text, name)
      texts.set(edit.file, broken)
    }
    assert.ok(edits.length > 0, name)
  }
})

test('each mutant names a test file and tests in it, or in the suites that it runs', () => {
  for (const { name, killedBy } of mutants) {
    assert.ok(existsSync(join(root, killedBy.file)), `${name}: there is no ${killedBy.file}`)
    assert.ok(killedBy.tests.length > 0, name)
    const texts = [read(killedBy.file), ...suites].map((text) => text.replaceAll("\\'", "'"))
    const gone = killedBy.tests.filter((title) => !texts.some((text) => text.includes(title)))
    assert.deepEqual(gone, [], `${name}: no test has this name any more`)
  }
})

test('names are there once, and each says in a sentence why it matters', () => {
  const names = mutants.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { name, why } of mutants) assert.match(why, /^[A-Z].{30,}\.$/, name)
})

test('an edit that finds nothing, or more than one place, is an error', () => {
  assert.equal(edited('a.ts', 'one two', { file: 'a.ts', find: 'one', replace: '$&' }), '$& two')
  assert.throws(
    () => edited('a.ts', 'two', { file: 'a.ts', find: 'one', replace: '' }),
    /does not hold "one"/,
  )
  assert.throws(() => edited('a.ts', 'one one', { file: 'a.ts', find: 'one', replace: '' }), /more than once/)
})

test('only a test that turns red by what it asserts kills a mutant', () => {
  /** @type {import('./mutant.mjs').Mutant} */
  const mutant = { name: 'm', why: '', edits: [], killedBy: { file: 'a.test.ts', tests: ['one', 'two'] } }
  const red = { type: 'testCodeFailure', text: 'AssertionError: no' }
  const outcome = (/** @type {import('./reporter.mjs').Told[]} */ told, inTime = true) =>
    judge(mutant, { told, inTime }).outcome
  assert.equal(
    outcome([
      { name: 'one', failure: red },
      { name: 'sqlite: two', failure: red },
    ]),
    'killed',
  )
  assert.equal(
    outcome([{ name: 'one', failure: red }, { name: 'two' }, { name: 'two', failure: red }]),
    'killed',
  )
  assert.equal(outcome([{ name: 'one', failure: red }, { name: 'two' }]), 'survived')
  assert.equal(outcome([{ name: 'one', failure: red }]), 'survived')
  assert.equal(outcome([{ name: 'three', failure: red }]), 'survived')
  assert.equal(outcome([{ name: 'one', failure: red }], false), 'slow')
  const slow = { type: 'testTimeoutFailure', text: 'test timed out' }
  assert.equal(
    outcome([
      { name: 'one', failure: red },
      { name: 'two', failure: slow },
    ]),
    'slow',
  )
})
