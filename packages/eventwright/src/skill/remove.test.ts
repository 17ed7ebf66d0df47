import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install } from './install.ts'
import { RECORD, SKILL } from './name.ts'
import { remove } from './remove.ts'

const ONE = { shipment: shipmentOf('1.0.0') }
const PROJECT = { level: 'project' } as const

test('a removal after an install leaves nothing at all', async (t) => {
  for (const copy of [false, true]) {
    const there = machine(t)
    await install({ ...PROJECT, agents: ['claude-code', 'kiro-cli', 'roo'], copy }, there, ONE)
    const { outcome, removals } = await remove(PROJECT, there)
    assert.equal(outcome, 'done')
    assert.equal(removals.length, 4)
    assert.deepEqual(tree(there.cwd), {})
  }
})

test('a removal for the user leaves the project alone, and where an environment variable moved an agent nothing', async (t) => {
  const there = machine(t)
  const moved = { ...there, env: { CLAUDE_CONFIG_DIR: join(there.top, 'claude') } }
  await install(PROJECT, moved, ONE)
  await install({ level: 'user' }, moved, ONE)
  const project = tree(there.cwd)
  await remove({ level: 'user' }, moved)
  assert.deepEqual(tree(there.cwd), project)
  assert.deepEqual(tree(there.home), {})
  assert.deepEqual(tree(join(there.top, 'claude')), {})
})

test('links and copies go also where the shared folder is gone; where nothing is, nothing is made', async (t) => {
  for (const copy of [false, true]) {
    const there = machine(t)
    await install({ ...PROJECT, copy }, there, ONE)
    rmSync(join(there.cwd, '.agents'), { recursive: true })
    const { outcome, removals } = await remove(PROJECT, there)
    assert.deepEqual([outcome, removals.length], ['done', 1])
    assert.deepEqual(tree(there.cwd), {})
    const again = await remove(PROJECT, there)
    assert.deepEqual([again.outcome, again.removals], ['done', []])
    assert.deepEqual(tree(there.cwd), {})
  }
})

test('a dry run removes nothing', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  const before = tree(there.top)
  const { outcome, removals, lockFile } = await remove({ ...PROJECT, dryRun: true }, there)
  assert.deepEqual([outcome, removals.length, lockFile], ['planned', 2, join(there.cwd, 'skills-lock.json')])
  assert.deepEqual(tree(there.top), before)
})

test('edited files keep everything; force removes them after a backup', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(there.cwd, `${SHARED_SKILL}/SKILL.md`, 'edited\n')
  put(there.cwd, `${SHARED_SKILL}/references/ours.md`, 'ours\n')
  const before = tree(there.top)
  const blocked = await remove(PROJECT, there)
  assert.equal(blocked.outcome, 'blocked')
  assert.deepEqual(blocked.removals[0]?.edits, ['SKILL.md', 'references/ours.md'])
  assert.deepEqual(tree(there.top), before)
  const { backup = assert.fail() } = await remove({ ...PROJECT, force: true }, there)
  assert.deepEqual(tree(backup), {
    [`${SHARED_SKILL}/SKILL.md`]: 'edited\n',
    [`${SHARED_SKILL}/references/ours.md`]: 'ours\n',
  })
  assert.deepEqual(
    Object.keys(tree(there.cwd)).every((path) => path.startsWith('.agents/backups/')),
    true,
  )
})

test('what this command did not install stays: foreign links, folders, files, skills of other tools', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  put(there.cwd, '.claude/skills/other/SKILL.md', 'other')
  mkdirSync(join(there.cwd, '.kiro/skills'), { recursive: true })
  symlinkSync('../../elsewhere', join(there.cwd, '.kiro/skills', SKILL))
  put(there.cwd, `.roo/skills/${SKILL}`, 'a file')
  for (const [path, content] of ONE.shipment.files)
    put(there.cwd, `.junie/skills/${SKILL}/${path}`, content.toString())
  const { leftAlone } = await remove({ ...PROJECT, force: true }, there)
  assert.deepEqual(
    leftAlone.map(({ path, why }) => [path.slice(there.cwd.length + 1), why.replace(there.cwd, '')]),
    [
      [`.roo/skills/${SKILL}`, 'it is a file'],
      [`.junie/skills/${SKILL}`, 'another tool installed it (no record of this command)'],
      [`.kiro/skills/${SKILL}`, 'it is a link to /elsewhere'],
    ],
  )
  const left = tree(there.cwd)
  assert.equal(left['.claude/skills/other/SKILL.md'], 'other')
  assert.equal(left[`.kiro/skills/${SKILL}`], '-> ../../elsewhere')
  assert.equal(left[`.roo/skills/${SKILL}`], 'a file')
  assert.ok(left[`.junie/skills/${SKILL}/SKILL.md`])
  assert.equal(left[CLAUDE_SKILL], undefined)
})

test('an entry in the lock file that another tool wrote stays', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  const lock = {
    version: 1,
    skills: { [SKILL]: { source: 'somebody/skills', sourceType: 'github', computedHash: 'x' } },
  }
  put(there.cwd, 'skills-lock.json', JSON.stringify(lock))
  await remove(PROJECT, there)
  assert.deepEqual(tree(there.cwd), { 'skills-lock.json': JSON.stringify(lock) })
})

test('a record that names files outside removes nothing outside', async (t) => {
  const there = machine(t)
  put(there.top, 'precious', 'precious')
  await install(PROJECT, there, ONE)
  const record = { name: SKILL, version: '1.0.0', files: { '../../../../precious': 'x' } }
  writeFileSync(join(there.cwd, SHARED_SKILL, RECORD), JSON.stringify(record))
  await remove({ ...PROJECT, force: true }, there)
  assert.equal(tree(there.top).precious, 'precious')
})

test('where nothing is installed nothing happens, and no folder is made', async (t) => {
  const there = machine(t)
  const { outcome, removals } = await remove(PROJECT, there)
  assert.deepEqual([outcome, removals], ['done', []])
  assert.deepEqual(tree(there.cwd), {})
})

test('empty parents go, and a parent that is a link stays', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.cwd, 'config/claude'), { recursive: true })
  symlinkSync('config/claude', join(there.cwd, '.claude'))
  await install(PROJECT, there, ONE)
  await remove(PROJECT, there)
  assert.equal(tree(there.cwd)['.claude'], '-> config/claude')
  assert.equal(tree(dirname(there.cwd))['skills-lock.json'], undefined)
})
