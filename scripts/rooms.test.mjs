import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { checkRooms } from './rooms.mjs'
import { root } from './setup.mjs'

/** @param {Record<string, string>} files */
function findings(files) {
  return checkRooms(new Map(Object.entries(files))).map(
    ({ file, line, what, mend }) => `${file}:${line}: ${what}. To mend: ${mend}.`,
  )
}

/**
 * @param {Record<string, string>} files
 * @param {RegExp[]} expected one for each finding, in turn
 */
function assertFindings(files, expected) {
  const found = findings(files)
  assert.equal(found.length, expected.length, found.join('\n') || 'nothing was found')
  for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern)
}

test('in this repository every room imports downward, by faces, and without a circle', () => {
  const paths = globSync('packages/*/src/**/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  assert.ok(paths.length > 20, 'the sources were found')
  assert.deepEqual(findings(files), [])
})

test('an import upward is found, with its line', () => {
  assertFindings(
    {
      'packages/core/src/store/a.ts':
        "import { b } from '../event/index.ts'\nimport type {\n  C,\n} from '../runner/index.ts'\n",
    },
    [/^packages\/core\/src\/store\/a\.ts:4: import upward: 'store' stands below 'runner'\. To mend: /],
  )
})

test('re-exports, dynamic imports, imports for effect and import types are imports', () => {
  const forms = [
    "export * from '../saga/index.ts'",
    "const a = await import('../saga/index.ts')",
    "import '../saga/index.ts'",
    "type A = import('../saga/index.ts').A",
  ]
  for (const form of forms) {
    assertFindings({ 'packages/core/src/aggregate/a.ts': form }, [
      /:1: import upward: 'aggregate' stands below 'saga'/,
    ])
  }
})

test('an import that only a comment or a template shows is none', () => {
  const text =
    "// import '../saga/index.ts'\n/* import '../saga/index.ts' */\nconst a = `import '../saga/index.ts'`\n"
  assertFindings({ 'packages/core/src/event/a.ts': text }, [])
})

test("another room's inner file is found, in tests and root files too", () => {
  const inner = /is inside the room 'saga'\. To mend: import saga\/index\.ts/
  assertFindings({ 'packages/core/src/runner/a.ts': "import { a } from '../saga/inner.ts'" }, [inner])
  assertFindings({ 'packages/core/src/runner/a.test.ts': "import { a } from '../saga/inner.ts'" }, [inner])
  assertFindings({ 'packages/core/src/index.ts': "import { a } from './saga/inner.ts'" }, [inner])
})

test("only root files, testing, tests and the engine's other half name an engine", () => {
  const engine = "import { a } from '../store/sqlite/index.ts'"
  assertFindings({ 'packages/core/src/runner/a.ts': engine }, [
    /the engine store\/sqlite is imported by name/,
  ])
  assertFindings({ 'packages/core/src/testing/a.ts': engine }, [])
  const half = "import { a } from '../../store/sqlite/index.ts'"
  assertFindings({ 'packages/core/src/broker/sqlite/a.ts': half }, [])
  assertFindings({ 'packages/core/src/broker/memory/a.ts': half }, [
    /the engine store\/sqlite is imported by name/,
  ])
  assertFindings({ 'packages/core/src/runner/a.test.ts': engine }, [])
  assertFindings({ 'packages/core/src/sqlite.ts': "export { a } from './store/sqlite/index.ts'" }, [])
  assertFindings({ 'packages/core/src/sqlite.ts': "export { a } from './store/sqlite/open.ts'" }, [
    /is inside the room/,
  ])
})

test('rooms of one row may import each other, but not in a circle', () => {
  const saga = { 'packages/core/src/saga/a.ts': "import { a } from '../delivery/index.ts'" }
  assertFindings(saga, [])
  assertFindings(
    { ...saga, 'packages/core/src/delivery/a.ts': "import { a } from '../projection/index.ts'" },
    [],
  )
  assertFindings(
    {
      ...saga,
      'packages/core/src/delivery/a.ts': "import { a } from '../projection/index.ts'",
      'packages/core/src/projection/a.ts': "import { a } from '../saga/index.ts'",
    },
    [/circle: 'saga'/, /circle: 'delivery'/, /circle: 'projection'/],
  )
})

test('no room imports testing or a root file; tests may', () => {
  const above = /which stands above it/
  assertFindings({ 'packages/core/src/runner/a.ts': "import { a } from '../testing/index.ts'" }, [above])
  assertFindings({ 'packages/core/src/runner/a.ts': "import { a } from '../domain.ts'" }, [above])
  assertFindings({ 'packages/core/src/event/a.test.ts': "import { a } from '../testing/index.ts'" }, [])
  assertFindings({ 'packages/core/src/event/a.test.ts': "import { a } from '../testing/event/suite.ts'" }, [])
})

test("the command takes core by its name, never by its files, and 'flow' never takes 'cli'", () => {
  const inside = "import { a } from '../../../core/src/event/index.ts'"
  assertFindings({ 'packages/eventwright/src/flow/a.ts': inside }, [/leaves the package's src/])
  assertFindings({ 'packages/eventwright/src/flow/a.test.ts': inside }, [/leaves the package's src/])
  assertFindings({ 'packages/eventwright/src/flow/a.ts': "import { a } from '@eventwright/core'" }, [])
  assertFindings({ 'packages/eventwright/src/flow/a.ts': "import { a } from '../cli/index.ts'" }, [
    /import upward: 'flow' stands below 'cli'/,
  ])
  assertFindings({ 'packages/core/src/flow.ts': "import { a } from '@eventwright/core'" }, [/imports itself/])
})

test('a folder that has no place in the order is found', () => {
  assertFindings({ 'packages/core/src/misc/a.ts': '' }, [
    /'misc' is no room of core\. To mend: give it its place/,
  ])
})
