import assert from 'node:assert/strict'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install, update } from './install.ts'
import { RECORD } from './name.ts'
import { recordText } from './record.ts'
import { shownDiff } from './shown-diff.ts'

const ONE = { shipment: shipmentOf('1.0.0') }
const TWO = { shipment: shipmentOf('2.0.0') }
const PROJECT = { level: 'project' } as const

const EDIT = { path: 'SKILL.md', text: 'my own words\n' }

test('an edit of a file that the new version changes too stops the update, shown as a diff', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), EDIT.path, EDIT.text)
  const before = tree(there.cwd)
  const result = (await update(PROJECT, there, TWO)) ?? assert.fail()
  assert.equal(result.outcome, 'blocked')
  const [conflict = assert.fail(), ...others] = result.steps[0]?.conflicts ?? []
  assert.deepEqual(others, [])
  const diff = await shownDiff(conflict)
  assert.match(diff, /^--- SKILL\.md \(here\)\n\+\+\+ SKILL\.md \(to come\)\n/)
  assert.match(diff, /^-my own words$/m)
  assert.match(diff, /^\+# 2\.0\.0$/m)
  assert.deepEqual(tree(there.cwd), before)
})

test('force replaces it, and the backup holds what was replaced', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), EDIT.path, EDIT.text)
  const { outcome, backup = assert.fail() } =
    (await update({ ...PROJECT, force: true }, there, TWO)) ?? assert.fail()
  assert.equal(outcome, 'done')
  assert.match(readFileSync(join(there.cwd, SHARED_SKILL, 'SKILL.md'), 'utf8'), /# 2\.0\.0/)
  assert.match(relative(there.cwd, backup), /^\.agents\/backups\/\d{4}-\d\d-\d\dT[\d-]+\.\d+Z$/)
  assert.deepEqual(tree(backup), { [`${SHARED_SKILL}/SKILL.md`]: EDIT.text })
})

test('an edit of a file that stays the same in the new version is kept, and stays an edit', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), 'references/patterns.md', 'ours\n')
  for (const version of [TWO, ONE, TWO]) {
    const { steps } = (await update(PROJECT, there, version)) ?? assert.fail()
    assert.deepEqual(steps[0]?.kept, ['references/patterns.md'])
    assert.equal(readFileSync(join(there.cwd, SHARED_SKILL, 'references/patterns.md'), 'utf8'), 'ours\n')
  }
  await update({ ...PROJECT, force: true }, there, TWO)
  assert.equal(
    readFileSync(join(there.cwd, SHARED_SKILL, 'references/patterns.md'), 'utf8'),
    'the same in each version\n',
  )
})

test('files that were put beside the shipped ones stay, also with force', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), 'references/ours/notes.md', 'ours\n')
  await update({ ...PROJECT, force: true }, there, TWO)
  const found = tree(join(there.cwd, SHARED_SKILL))
  assert.equal(found['references/ours/notes.md'], 'ours\n')
  assert.match(found['SKILL.md'] ?? '', /# 2\.0\.0/)
})

test('a file that the new version brings itself does not overwrite one of the same name', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), 'references/more.md', 'ours\n')
  put(join(there.cwd, SHARED_SKILL), 'templates', 'a file where the new version has a folder\n')
  const shipment = shipmentOf('2.0.0', { 'references/more.md': 'theirs\n', 'templates/one.ts': 'one\n' })
  const result = (await update(PROJECT, there, { shipment })) ?? assert.fail()
  assert.equal(result.outcome, 'blocked')
  assert.deepEqual(result.steps[0]?.conflicts.map(({ path }) => path).sort(), [
    'references/more.md',
    'templates',
  ])
  const { backup = assert.fail() } =
    (await update({ ...PROJECT, force: true }, there, { shipment })) ?? assert.fail()
  assert.equal(tree(backup)[`${SHARED_SKILL}/references/more.md`], 'ours\n')
  assert.equal(tree(join(there.cwd, SHARED_SKILL))['templates/one.ts'], 'one\n')
})

test('an edit of a file that the new version no longer has stops the update', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, { shipment: shipmentOf('1.0.0', { 'references/old.md': 'old\n' }) })
  put(join(there.cwd, SHARED_SKILL), 'references/old.md', 'edited\n')
  const result = await update(PROJECT, there, TWO)
  assert.equal(result?.outcome, 'blocked')
  assert.equal(readFileSync(join(there.cwd, SHARED_SKILL, 'references/old.md'), 'utf8'), 'edited\n')
})

test('a shipped file that is gone is written again', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  const before = tree(there.cwd)
  rmSync(join(there.cwd, SHARED_SKILL, 'references'), { recursive: true })
  const { steps } = await install(PROJECT, there, ONE)
  assert.equal(steps[0]?.deed, 'repaired')
  assert.deepEqual(tree(there.cwd), before)
})

test('what a run leaves in the skill is no edit', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(join(there.cwd, SHARED_SKILL), 'examples/.eventwright/flow.schema.json', '{}')
  put(join(there.cwd, SHARED_SKILL), 'tests/kafka-streams/target/classes/App.class', 'x')
  put(join(there.cwd, SHARED_SKILL), 'examples/shop.db', 'x')
  const { steps } = (await update(PROJECT, there, TWO)) ?? assert.fail()
  assert.deepEqual([steps[0]?.deed, steps[0]?.kept, steps[0]?.conflicts], ['updated', [], []])
})

test('a copy with local edits stays a copy, and stops what would lose them', async (t) => {
  const there = machine(t)
  await install({ ...PROJECT, copy: true }, there, ONE)
  put(join(there.cwd, CLAUDE_SKILL), EDIT.path, EDIT.text)
  const result = await install(PROJECT, there, TWO)
  assert.equal(result.outcome, 'blocked')
  assert.deepEqual(
    result.steps.map(({ conflicts }) => conflicts.length),
    [0, 1],
  )
  assert.match(tree(there.cwd)[`${SHARED_SKILL}/SKILL.md`] ?? '', /# 1\.0\.0/)
})

test('a skill that another tool put there is taken over if it is the same, and is an edit if it is not', async (t) => {
  const there = machine(t)
  for (const [path, content] of ONE.shipment.files)
    put(join(there.cwd, SHARED_SKILL), path, content.toString())
  const taken = await install(PROJECT, there, ONE)
  assert.equal(taken.outcome, 'done')
  assert.ok(tree(join(there.cwd, SHARED_SKILL))[RECORD])
  rmSync(join(there.cwd, SHARED_SKILL, RECORD))
  const blocked = await install(PROJECT, there, TWO)
  assert.deepEqual(
    blocked.steps[0]?.conflicts.map(({ path }) => path),
    ['SKILL.md', 'scripts/eventwright.mjs'],
  )
  const forced = await install({ ...PROJECT, force: true }, there, TWO)
  assert.equal(forced.outcome, 'done')
})

test('a link inside the installed skill is not followed: it stops an install, and force backs up the link', async (t) => {
  const there = machine(t)
  put(there.top, 'secret', 'secret\n')
  await install(PROJECT, there, ONE)
  rmSync(join(there.cwd, SHARED_SKILL, 'SKILL.md'))
  symlinkSync(join(there.top, 'secret'), join(there.cwd, SHARED_SKILL, 'SKILL.md'))
  symlinkSync(there.top, join(there.cwd, SHARED_SKILL, 'references/out'))
  const { outcome, steps } = await install(PROJECT, there, TWO)
  assert.equal(outcome, 'blocked')
  assert.deepEqual(
    steps[0]?.conflicts.map(({ path }) => path),
    ['SKILL.md', 'references/out'],
  )
  const { backup = assert.fail() } = await install({ ...PROJECT, force: true }, there, TWO)
  assert.deepEqual(tree(backup), {
    [`${SHARED_SKILL}/SKILL.md`]: `-> ${join(there.top, 'secret')}`,
    [`${SHARED_SKILL}/references/out`]: `-> ${there.top}`,
  })
  assert.equal(readFileSync(join(there.top, 'secret'), 'utf8'), 'secret\n')
})

test('a record that is broken counts as none', async (t) => {
  for (const text of [
    '{',
    '[]',
    'null',
    '{"name":"other","version":"1","files":{}}',
    evil('../../x'),
    evil('/etc/passwd'),
  ]) {
    const there = machine(t)
    await install(PROJECT, there, ONE)
    writeFileSync(join(there.cwd, SHARED_SKILL, RECORD), text)
    const result = await install(PROJECT, there, TWO)
    assert.equal(result.outcome, 'blocked', text)
    assert.equal((await install(PROJECT, there, ONE)).outcome, 'done', text)
  }
})

/** A record that is good but for one path. */
function evil(path: string): string {
  return recordText({ ...ONE.shipment.record, files: new Map([...ONE.shipment.record.files, [path, 'x']]) })
}
