import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, type TestContext, test } from 'node:test'
import { type Ended, ended, eventwright, folderWith } from './fixtures/command.ts'

const SKILL = 'building-event-driven-architecture'
const SHARED = `.agents/skills/${SKILL}`

interface Machine {
  readonly cwd: string
  readonly run: (...args: readonly string[]) => Promise<Ended>
}

/** An installed skill, whose bundled command the tests run: building one for each install would take seconds. */
const installed = mkdtempSync(join(tmpdir(), 'eventwright-installed-'))
after(() => rmSync(installed, { recursive: true, force: true }))

before(async () => {
  const { stderr, code } = await eventwright(['install'], { cwd: installed, env: homeAt(installed) })
  assert.equal(code, 0, stderr)
})

function homeAt(home: string): Readonly<Record<string, string>> {
  return { HOME: home, USERPROFILE: home, CLAUDE_CONFIG_DIR: '', XDG_CONFIG_HOME: '', CODEX_HOME: '' }
}

function machine(t: TestContext): Machine {
  const cwd = join(folderWith(t), 'a "project"')
  const home = join(cwd, '../home')
  for (const folder of [cwd, home]) mkdirSync(folder)
  const env = homeAt(realpathSync(home))
  const bundle = join(installed, SHARED, 'scripts/eventwright.mjs')
  const run = async (...args: readonly string[]): Promise<Ended> => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return await ended(child)
  }
  return { cwd, run }
}

test('install, list, doctor, update and remove do what they say, without a question and without colours', async (t) => {
  const { cwd, run } = machine(t)
  const first = await run('install')
  assert.match(
    first.stdout,
    /^ {2}installed \.agents\/skills\/\S+ {2}\d+\.\d+\.\d+\n {2}linked {4}\.claude\/skills\/\S+ {2}for Claude Code\n$/,
  )
  assert.deepEqual([first.stderr, first.code], ['', 0])
  assert.equal(readlinkSync(join(cwd, '.claude/skills', SKILL)), `../../${SHARED}`)
  assert.match(
    readFileSync(join(cwd, SHARED, 'scripts/eventwright.mjs'), 'utf8'),
    /^#!\/usr\/bin\/env node\n/,
  )
  const listed = await run('list')
  assert.match(
    listed.stdout,
    /^This project:\n {2}\.agents\/skills\/\S+\n {4}\d\S+, current\n[\s\S]* -> \.agents[\s\S]*read by Claude Code\n$/,
  )
  const examined = await run('doctor')
  assert.match(examined.stdout, /^Claude Code +finds \d\S+ in \.claude\/skills\/\S+\n\nAll is well: /)
  assert.equal(examined.code, 0)
  const updated = await run('update')
  assert.match(updated.stdout, /^This project:\n {2}unchanged [\s\S]*Up to date: /)
  const removed = await run('remove')
  assert.match(
    removed.stdout,
    /^ {2}folder \.agents\S+\n {2}link {3}\.claude\S+\n {2}entry {2}skills-lock\.json\n$/,
  )
  assert.match(
    (await run('list')).stdout,
    /^The skill is not installed here\. Install it: eventwright install\n$/,
  )
  const nothing = await run('update')
  assert.deepEqual([nothing.code, nothing.stdout], [1, ''])
})

test('local edits end an install with 1 and their diff; --force tells where the backup is', async (t) => {
  const { cwd, run } = machine(t)
  await run('install')
  const record = join(cwd, SHARED, '.eventwright.json')
  const { files, ...rest } = JSON.parse(readFileSync(record, 'utf8'))
  // As an older version had it, in which this file was another.
  writeFileSync(record, JSON.stringify({ ...rest, version: '0.0.1', files: { ...files, LICENSE: 'older' } }))
  writeFileSync(join(cwd, SHARED, 'LICENSE'), 'edited\n')
  const blocked = await run('update')
  assert.equal(blocked.code, 1)
  assert.match(
    blocked.stdout,
    /^This project:\nNothing is written\. With --force, this would be done:\n +updated +\.agents\/skills\/\S+ {2}0\.0\.1 -> \d/,
  )
  assert.match(
    blocked.stderr,
    /Nothing was written\.\n[\s\S]*--- LICENSE \(here\)\n[\s\S]*\n-edited\n\+MIT License\n/,
  )
  assert.equal(readFileSync(join(cwd, SHARED, 'LICENSE'), 'utf8'), 'edited\n')
  const json = JSON.parse((await run('update', '--json')).stdout)
  assert.deepEqual([json[0].outcome, json[0].steps[0].conflicts[0].path], ['blocked', 'LICENSE'])
  const forced = await run('update', '--force')
  assert.equal(forced.code, 0)
  const backup =
    /What was replaced is in (\.agents\/backups\/\S+)\.\n/.exec(forced.stdout)?.[1] ?? assert.fail()
  assert.equal(readFileSync(join(cwd, backup, SHARED, 'LICENSE'), 'utf8'), 'edited\n')
})

test('JSON for programs: install, list, doctor, remove', async (t) => {
  const { run } = machine(t)
  const json = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).stdout)
  const first = await json('install', '--user', '--agent', 'kiro-cli')
  assert.deepEqual(
    first.steps.map(({ deed, agents }: { deed: string; agents: string[] }) => [
      deed,
      agents.includes('kiro-cli'),
    ]),
    [
      ['installed', false],
      ['linked', true],
    ],
  )
  assert.equal(first.level, 'user')
  const { places } = await json('list')
  assert.deepEqual(
    places.map(({ level }: { level: string }) => level),
    ['user', 'user'],
  )
  const { agents, findings } = await json('doctor')
  assert.deepEqual(findings, [])
  assert.equal(agents[0].agent, 'kiro-cli')
  assert.equal((await json('remove', '--user', '--dry-run')).outcome, 'planned')
  assert.equal((await json('remove', '--user')).removals.length, 2)
})

test('findings of doctor come in the formats of all findings, exit 1', async (t) => {
  const { cwd, run } = machine(t)
  writeFileSync(join(cwd, '.kiro'), '')
  const text = await run('doctor')
  assert.match(
    text.stdout,
    /^Kiro +finds no skill\n\n\.agents\/skills:1:1 error not-installed\n[\s\S]* {2}mend: eventwright install\n/,
  )
  assert.equal(text.code, 1)
  assert.match((await run('doctor', '--format', 'github')).stdout, /^::error file=\.agents\/skills,/)
  assert.match((await run('doctor', '--all')).stdout, /^Cursor +finds no skill$/m)
})

test('wrong use ends with 3, a broken lock file with 2, a folder that is none with 4', async (t) => {
  const { cwd, run } = machine(t)
  const both = await run('install', '--user', '--project')
  assert.deepEqual([both.code, both.stdout], [3, ''])
  const unknown = await run('install', '--agent', 'nobody')
  assert.match(unknown.stderr, /^eventwright: There is no agent 'nobody'\. There are claude-code, /)
  assert.equal(unknown.code, 3)
  writeFileSync(join(cwd, 'skills-lock.json'), '{')
  const broken = await run('install')
  assert.match(broken.stderr, /^eventwright: \S.*skills-lock\.json:1:2 is not the lock file of skills: /)
  assert.equal(broken.code, 2)
  writeFileSync(join(cwd, 'skills-lock.json'), '{"version":1,"skills":{}}')
  writeFileSync(join(cwd, '.agents'), '')
  const file = await run('install')
  assert.equal(file.code, 4)
  assert.equal(file.stderr.trimEnd().split('\n').length, 1, file.stderr)
})
