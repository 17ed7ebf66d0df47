import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { realDisk } from './disk.ts'
import { systemError } from './fixtures/failing-disk.ts'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install, update } from './install.ts'
import { SKILL } from './name.ts'

const ONE = { shipment: shipmentOf('1.0.0') }
const TWO = { shipment: shipmentOf('2.0.0', { 'references/new.md': 'new\n' }) }
const PROJECT = { level: 'project' } as const

test('the skill is written once, and Claude Code gets a relative link', async (t) => {
  const there = machine(t)
  const result = await install(PROJECT, there, ONE)
  assert.equal(result.outcome, 'done')
  const found = tree(there.cwd)
  assert.equal(found[CLAUDE_SKILL], `-> ../../${SHARED_SKILL}`)
  assert.equal(found[`${SHARED_SKILL}/SKILL.md`], ONE.shipment.files.get('SKILL.md')?.toString())
  assert.deepEqual(
    Object.keys(found).filter((path) => !path.startsWith(SHARED_SKILL)),
    [CLAUDE_SKILL, 'skills-lock.json'],
  )
  assert.deepEqual(tree(there.home), {})
})

test('a second install changes nothing, not even a time', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, ONE)
  const before = tree(there.cwd)
  const { mtimeMs, ino } = statSync(join(there.cwd, SHARED_SKILL))
  const { steps } = await install(PROJECT, there, ONE)
  assert.deepEqual(
    steps.map(({ deed }) => deed),
    ['unchanged', 'unchanged'],
  )
  assert.deepEqual(tree(there.cwd), before)
  assert.deepEqual(
    [statSync(join(there.cwd, SHARED_SKILL)).mtimeMs, statSync(join(there.cwd, SHARED_SKILL)).ino],
    [mtimeMs, ino],
  )
})

test('a dry run says what an install would do and leaves no trace', async (t) => {
  const there = machine(t)
  const { outcome, steps } = await install({ ...PROJECT, dryRun: true }, there, ONE)
  assert.equal(outcome, 'planned')
  assert.deepEqual(
    steps.map(({ deed }) => deed),
    ['installed', 'linked'],
  )
  assert.deepEqual(tree(there.top), { [there.cwd.slice(there.top.length + 1)]: '/', 'home of me': '/' })
})

test('scripts can be run and everything else be read, whatever the umask', async (t) => {
  const there = machine(t)
  const old = process.umask(0o077)
  t.after(() => process.umask(old))
  await install(PROJECT, there, ONE)
  const mode = (path: string): number => statSync(join(there.cwd, SHARED_SKILL, path)).mode & 0o777
  assert.equal(mode('scripts/eventwright.mjs'), 0o755)
  assert.equal(mode('SKILL.md'), 0o644)
})

test('an older version is replaced, and the result says by which files they differ', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, { shipment: shipmentOf('0.9.0', { 'references/old.md': 'old\n' }) })
  const result = (await update(PROJECT, there, TWO)) ?? assert.fail()
  const [shared, claude] = result.steps
  assert.equal(shared?.deed, 'updated')
  assert.equal(shared?.from, '0.9.0')
  assert.deepEqual(shared?.differences, {
    added: ['references/new.md'],
    changed: ['SKILL.md', 'scripts/eventwright.mjs'],
    removed: ['references/old.md'],
  })
  assert.equal(claude?.deed, 'unchanged')
  const fresh = machine(t)
  await install(PROJECT, fresh, TWO)
  assert.deepEqual(tree(there.cwd), tree(fresh.cwd))
})

test('an update of nothing says so, and reaches the folders where the skill is and no other', async (t) => {
  const there = machine(t)
  assert.equal(await update(PROJECT, there, ONE), undefined)
  assert.deepEqual(tree(there.cwd), {})
  await install({ ...PROJECT, agents: ['kiro-cli', 'junie'] }, there, ONE)
  const { steps } = (await update(PROJECT, there, TWO)) ?? assert.fail()
  assert.deepEqual(
    steps.map(({ place }) => place.path.slice(there.cwd.length + 1)),
    [SHARED_SKILL, `.junie/skills/${SKILL}`, `.kiro/skills/${SKILL}`],
  )
  assert.equal(tree(there.cwd)[CLAUDE_SKILL], undefined)
})

test('agents that read the shared folder need no link; those in use here get one', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.home, '.roo'))
  mkdirSync(join(there.cwd, '.cursor'))
  const { readers } = await install(PROJECT, there, ONE)
  assert.deepEqual(
    readers.map(({ id }) => id),
    ['cursor'],
  )
  const links = Object.entries(tree(there.cwd)).filter(([, text]) => text.startsWith('-> '))
  assert.deepEqual(links, [
    [CLAUDE_SKILL, `-> ../../${SHARED_SKILL}`],
    [`.roo/skills/${SKILL}`, `-> ../../${SHARED_SKILL}`],
  ])
})

test('two agents that share one folder of their own share its link', async (t) => {
  const there = machine(t)
  const { steps } = await install({ level: 'user', agents: ['goose', 'claude-code', 'amp'] }, there, ONE)
  assert.deepEqual(
    steps.map(({ place }) => place.path.slice(there.home.length + 1)),
    [SHARED_SKILL, CLAUDE_SKILL, `.config/agents/skills/${SKILL}`],
  )
})

test('an unknown agent is told with the names of all, and nothing is written', async (t) => {
  const there = machine(t)
  await assert.rejects(install({ ...PROJECT, agents: ['claude'] }, there, ONE), {
    code: 'UnknownAgent',
    message: /no agent 'claude'\. There are claude-code, cursor, /,
  })
  assert.deepEqual(tree(there.cwd), {})
})

test('for the user it goes to the home folder, and where environment variables move an agent', async (t) => {
  const there = machine(t)
  const env = { CLAUDE_CONFIG_DIR: join(there.top, 'elsewhere/claude'), XDG_CONFIG_HOME: '' }
  await install({ level: 'user', agents: ['claude-code', 'amp'] }, { ...there, env }, ONE)
  const found = tree(there.top)
  assert.equal(found[`elsewhere/claude/skills/${SKILL}`], `-> ../../../home of me/${SHARED_SKILL}`)
  assert.equal(found[`home of me/.config/agents/skills/${SKILL}`], `-> ../../../${SHARED_SKILL}`)
  assert.equal(found['home of me/skills-lock.json'], undefined)
  assert.equal(lstatSync(join(there.home, SHARED_SKILL)).isDirectory(), true)
})

test('--copy makes copies; an install without it turns those that nobody edited into links', async (t) => {
  const there = machine(t)
  await install({ ...PROJECT, copy: true }, there, ONE)
  assert.equal(lstatSync(join(there.cwd, CLAUDE_SKILL)).isDirectory(), true)
  assert.deepEqual(tree(join(there.cwd, CLAUDE_SKILL)), tree(join(there.cwd, SHARED_SKILL)))
  await install({ ...PROJECT, copy: true }, there, TWO)
  assert.match(readFileSync(join(there.cwd, CLAUDE_SKILL, 'SKILL.md'), 'utf8'), /# 2\.0\.0/)
  await install(PROJECT, there, TWO)
  assert.equal(lstatSync(join(there.cwd, CLAUDE_SKILL)).isSymbolicLink(), true)
  await install({ ...PROJECT, copy: true }, there, TWO)
  assert.equal(lstatSync(join(there.cwd, CLAUDE_SKILL)).isDirectory(), true)
})

test('where no link can be made a copy stands, and the result says so', async (t) => {
  const there = machine(t)
  const disk = { ...realDisk, link: () => Promise.reject(systemError('EPERM')) }
  const { copied } = await install(PROJECT, there, { ...ONE, disk })
  assert.deepEqual(copied, [join(there.cwd, CLAUDE_SKILL)])
  assert.deepEqual(tree(join(there.cwd, CLAUDE_SKILL)), tree(join(there.cwd, SHARED_SKILL)))
  const again = await update(PROJECT, there, { ...TWO, disk })
  assert.equal(again?.outcome, 'done')
  assert.deepEqual(tree(join(there.cwd, CLAUDE_SKILL)), tree(join(there.cwd, SHARED_SKILL)))
})

test('a project whose .claude/skills is a link to .agents/skills needs no second one', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.cwd, '.claude'))
  mkdirSync(join(there.cwd, '.agents/skills'), { recursive: true })
  symlinkSync('../.agents/skills', join(there.cwd, '.claude/skills'))
  await install(PROJECT, there, ONE)
  await install(PROJECT, there, TWO)
  assert.deepEqual(
    Object.keys(tree(join(there.cwd, '.agents/skills'))).every((path) => path.startsWith(SKILL)),
    true,
  )
  assert.equal(realpathSync(join(there.cwd, CLAUDE_SKILL)), realpathSync(join(there.cwd, SHARED_SKILL)))
})

test('links through a folder that is itself a link inside the project lead where they should', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.cwd, 'config/deep/claude'), { recursive: true })
  symlinkSync('config/deep/claude', join(there.cwd, '.claude'))
  await install(PROJECT, there, ONE)
  assert.equal(realpathSync(join(there.cwd, CLAUDE_SKILL)), realpathSync(join(there.cwd, SHARED_SKILL)))
})

test('what other skills and files are there stay untouched', async (t) => {
  const there = machine(t)
  put(there.cwd, '.agents/skills/other/SKILL.md', 'other')
  put(there.cwd, '.claude/settings.json', '{}')
  await install(PROJECT, there, ONE)
  const found = tree(there.cwd)
  assert.equal(found['.agents/skills/other/SKILL.md'], 'other')
  assert.equal(found['.claude/settings.json'], '{}')
})
