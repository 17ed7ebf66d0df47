import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install } from './install.ts'
import { SKILL } from './name.ts'
import { computedHashOf, readPack } from './pack.ts'
import { withRecord } from './record.ts'
import { remove } from './remove.ts'

const ONE = { shipment: shipmentOf('1.0.0') }
const PROJECT = { level: 'project' } as const
const SKILLS = join(import.meta.dirname, '../../../../node_modules/skills/bin/cli.mjs')

const FOREIGN = {
  version: 1,
  skills: {
    zebra: {
      source: 'a/zebra',
      sourceType: 'github',
      skillPath: 'z',
      computedHash: 'f',
      ref: 'main',
      own: [1],
    },
    alpha: { source: 'b/alpha', sourceType: 'well-known', computedHash: 'e' },
  },
  unknown: { field: true },
}

test('entries of others and unknown fields stay, through an install, an update and a removal', async (t) => {
  const there = machine(t)
  put(there.cwd, 'skills-lock.json', JSON.stringify(FOREIGN))
  await install(PROJECT, there, ONE)
  const lock = JSON.parse(tree(there.cwd)['skills-lock.json'] ?? '')
  const { [SKILL]: own, ...others } = lock.skills
  assert.deepEqual({ ...lock, skills: others }, FOREIGN)
  assert.deepEqual(Object.keys(lock.skills), ['alpha', SKILL, 'zebra'])
  assert.equal(own.version, '1.0.0')
  await install(PROJECT, there, { shipment: shipmentOf('2.0.0') })
  await remove(PROJECT, there)
  assert.deepEqual(JSON.parse(tree(there.cwd)['skills-lock.json'] ?? ''), FOREIGN)
})

test('the package is the source where the project depends on it, the folder elsewhere', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  const { files, record } = ONE.shipment
  const entry = () => JSON.parse(tree(there.cwd)['skills-lock.json'] ?? '').skills[SKILL]
  assert.deepEqual(entry(), {
    source: `./${SHARED_SKILL}`,
    sourceType: 'local',
    version: '1.0.0',
    computedHash: computedHashOf(withRecord(record, files)),
  })
  put(there.cwd, 'package.json', JSON.stringify({ devDependencies: { eventwright: '^1.0.0' } }))
  await install(PROJECT, there, ONE)
  const skillPath = `skills/${SKILL}/SKILL.md`
  const source = { source: 'eventwright', sourceType: 'node_modules', skillPath }
  assert.deepEqual(entry(), { ...source, version: '1.0.0', computedHash: computedHashOf(files) })
  put(there.cwd, 'package.json', '{')
  await install(PROJECT, there, ONE)
  assert.equal(entry().sourceType, 'local')
  assert.equal(entry().skillPath, undefined)
})

const BROKEN: Readonly<Record<string, readonly [string, RegExp]>> = {
  'cut off': ['{\n  "version": 1,\n  "skills": {', /skills-lock\.json:3:14 is not .*CloseBraceExpected/],
  'with a merge conflict': ['{\n<<<<<<< HEAD\n', /skills-lock\.json:2:1 .*InvalidSymbol/],
  empty: ['', /skills-lock\.json:1:1 .*ValueExpected/],
  'a list': ['[]', /skills-lock\.json:1:1 .*no JSON object/],
  'without skills': ['{\n  "version": 1\n}', /skills-lock\.json:1:1 .*`skills` is no object/],
  'of a later version': [
    '{\n  "version": 2,\n  "skills": {} }',
    /skills-lock\.json:2:3 .*version 2 is not 1/,
  ],
}

for (const [what, [text, says]] of Object.entries(BROKEN)) {
  test(`a lock file that is ${what} is told with its place, and nothing is written or removed`, async (t) => {
    const there = machine(t)
    put(there.cwd, 'skills-lock.json', text)
    const before = tree(there.top)
    await assert.rejects(install({ ...PROJECT, force: true }, there, ONE), {
      code: 'BrokenLockFile',
      message: says,
    })
    assert.deepEqual(tree(there.top), before)
    mkdirSync(join(there.cwd, '.agents'))
    await assert.rejects(remove(PROJECT, there), { code: 'BrokenLockFile', message: says })
    assert.equal(tree(there.cwd)['skills-lock.json'], text)
  })
}

test('a lock file that is a link stays one inside the project, and is refused if it leads out', async (t) => {
  const there = machine(t)
  put(there.cwd, 'config/lock.json', '{ "version": 1, "skills": {} }')
  symlinkSync('config/lock.json', join(there.cwd, 'skills-lock.json'))
  await install(PROJECT, there, ONE)
  assert.equal(tree(there.cwd)['skills-lock.json'], '-> config/lock.json')
  assert.ok(JSON.parse(tree(there.cwd)['config/lock.json'] ?? '').skills[SKILL])
  const hostile = machine(t)
  put(hostile.top, 'outside.json', '{ "version": 1, "skills": {} }')
  symlinkSync('../outside.json', join(hostile.cwd, 'skills-lock.json'))
  await assert.rejects(install(PROJECT, hostile, ONE), { code: 'UnsafePath' })
  assert.equal(tree(hostile.top)['outside.json'], '{ "version": 1, "skills": {} }')
  assert.equal(tree(hostile.cwd)[`${SHARED_SKILL}/SKILL.md`], undefined)
})

test("the hash is the one that npm's skills computes, and it lists and restores what was installed", async (t) => {
  const there = machine(t)
  for (const [path, content] of ONE.shipment.files)
    put(there.top, `pack/${SKILL}/${path}`, content.toString())
  put(there.top, `pack/${SKILL}/Zebra.md`, 'upper case comes last\n')
  put(there.top, `pack/${SKILL}/_x.md`, 'x\n')
  const skills = async (...args: readonly string[]): Promise<string> => {
    const env = { PATH: process.env.PATH, HOME: there.home, DISABLE_TELEMETRY: '1', CI: '1' }
    const options = { cwd: there.cwd, env, timeout: 120_000 }
    return (await promisify(execFile)(process.execPath, [SKILLS, ...args], options)).stdout
  }
  await skills('add', join(there.top, 'pack'), '--skill', SKILL, '--agent', 'claude-code', '--yes')
  const theirs = JSON.parse(tree(there.cwd)['skills-lock.json'] ?? '').skills[SKILL]
  const pack = await readPack(join(there.top, 'pack', SKILL))
  assert.equal(theirs.computedHash, computedHashOf(pack))
  const taken = await install(PROJECT, there, ONE)
  assert.equal(taken.outcome, 'done', 'their copy holds the same, and more files')
  const [listed] = JSON.parse(await skills('list', '--json'))
  assert.deepEqual([listed.name, listed.source], [SKILL, join(there.cwd, SHARED_SKILL)])
  const before = tree(join(there.cwd, SHARED_SKILL))
  const { computedHash } = JSON.parse(tree(there.cwd)['skills-lock.json'] ?? '').skills[SKILL]
  await skills('experimental_install')
  assert.deepEqual(
    tree(join(there.cwd, SHARED_SKILL)),
    before,
    'a restore leaves the installed skill as it is',
  )
  const after = JSON.parse(tree(there.cwd)['skills-lock.json'] ?? '').skills[SKILL]
  assert.equal(after.computedHash, computedHash)
  await skills('experimental_sync', '--yes')
  assert.deepEqual(tree(join(there.cwd, SHARED_SKILL)), before, 'nor does a sync remove it')
})
