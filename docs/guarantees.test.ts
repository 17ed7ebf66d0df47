import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { mutants } from '../scripts/mutants/list/index.mjs'
import { readDocument, root } from './documents.ts'

/** What a row of a table of guarantees says. */
interface Guarantee {
  readonly promise: string
  readonly file: string
  /** The name of the test, or of a generated one its fixed end. */
  readonly name: string
}

function guaranteesIn(path: string): readonly Guarantee[] {
  const rows = readDocument(path).rows.filter(({ head }) => head[1] === 'The test that holds it')
  return rows.map(({ cells: [promise = '', guard = ''] }) => {
    const [, file, name] = /^\[[^\]]+\]\(([^)]+)\): "(.+)"$/.exec(guard) ?? []
    if (file === undefined || name === undefined)
      assert.fail(`${promise} ${guard}: write [file](path): "test name"`)
    return { promise, file: join(dirname(path), file), name }
  })
}

const readme = guaranteesIn('README.md')
const all = guaranteesIn('docs/guarantees.md')

test('every guarantee names a test that is there', () => {
  assert.ok(readme.length >= 10 && all.length >= 100, 'the tables were found')
  assert.deepEqual([...readme, ...all].flatMap(faultOf), [])
})

test('every guarantee of the README stands among all of them, with the same test', () => {
  const guards = new Set(all.map(({ file, name }) => `${file}: ${name}`))
  const missing = readme.filter(({ file, name }) => !guards.has(`${file}: ${name}`))
  assert.deepEqual(missing, [])
})

test('every guard that can be taken out is one that a guarantee rests on', () => {
  const names = new Set(all.map(({ name }) => name))
  const unknown = mutants.filter(({ killedBy }) => !killedBy.tests.some((title) => names.has(title)))
  assert.deepEqual(
    unknown.map(({ name, killedBy }) => `${name}: ${killedBy.tests.join(', ')}`),
    [],
    'docs/guarantees.md has a row for each',
  )
})

function faultOf({ promise, file, name }: Guarantee): readonly string[] {
  if (!existsSync(join(root, file))) return [`${promise} ${file} is not there`]
  const text = readFileSync(join(root, file), 'utf8')
  const there = ["'", '"', '`'].some((quote) => text.includes(`${name}${quote}`))
  return there ? [] : [`${promise} ${file} has no test "${name}"`]
}
