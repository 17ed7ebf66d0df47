import assert from 'node:assert/strict'
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { diagnose } from './doctor.ts'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install } from './install.ts'
import { SKILL } from './name.ts'
import type { Surroundings } from './places.ts'
import { shippedVersion } from './shipment.ts'

const CURRENT = { shipment: shipmentOf(await shippedVersion()) }
const OLD = { shipment: shipmentOf('0.0.1') }
const PROJECT = { level: 'project' } as const
const USER = { level: 'user' } as const

async function codes(there: Surroundings): Promise<readonly string[]> {
  const before = tree(there.cwd)
  const { findings } = await diagnose(there)
  assert.deepEqual(tree(there.cwd), before, 'doctor changes nothing')
  for (const { message, mend, why } of findings) assert.ok(message && mend && why)
  return findings.map(({ code, place }) => `${code} ${place.file}`)
}

test('a fresh install is well, and each agent in use is told what it finds', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.home, '.cursor'))
  await install(PROJECT, there, CURRENT)
  assert.deepEqual(await codes(there), [])
  const { survey } = await diagnose(there)
  const found = survey.agents.flatMap(({ agent, detected, finds }) =>
    detected ? [[agent.id, ...finds.map(({ path }) => path.slice(there.cwd.length + 1))]] : [],
  )
  assert.deepEqual(found, [
    ['claude-code', CLAUDE_SKILL],
    ['cursor', SHARED_SKILL, CLAUDE_SKILL],
  ])
})

test('nothing installed', async (t) => {
  assert.deepEqual(await codes(machine(t)), ['not-installed .agents/skills'])
})

test('an agent in use that finds nothing', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  mkdirSync(join(there.home, '.kiro'))
  assert.deepEqual(await codes(there), ['not-found .kiro/skills'])
  await install({ ...PROJECT, agents: ['kiro-cli'] }, there, CURRENT)
  assert.deepEqual(await codes(there), [])
})

test('a version that is not that of this command', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, OLD)
  assert.deepEqual(await codes(there), [`stale-version ${SHARED_SKILL}/SKILL.md`])
})

test('files that are missing', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  rmSync(join(there.cwd, SHARED_SKILL, 'scripts/eventwright.mjs'))
  assert.deepEqual(await codes(there), [`damaged ${SHARED_SKILL}`])
})

test('a link that leads nowhere, and a lock file that says the skill is there', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  rmSync(join(there.cwd, SHARED_SKILL), { recursive: true })
  assert.deepEqual(await codes(there), [`broken-link ${CLAUDE_SKILL}`, 'lock-disagrees skills-lock.json'])
})

test('an install that was killed when it had moved the skill aside', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  mkdirSync(join(there.cwd, '.agents/.eventwright-install'))
  const aside = join(there.cwd, '.agents/.eventwright-install/previous')
  cpSync(join(there.cwd, SHARED_SKILL), aside, { recursive: true })
  rmSync(join(there.cwd, SHARED_SKILL), { recursive: true })
  assert.deepEqual((await codes(there))[0], `interrupted ${SHARED_SKILL}`)
  const { restored } = await install(PROJECT, there, CURRENT)
  assert.deepEqual(restored, [join(there.cwd, SHARED_SKILL)])
  assert.deepEqual(await codes(there), [])
})

test('something else of its name', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  put(there.cwd, `.cursor/skills/${SKILL}`, 'a file')
  assert.deepEqual(await codes(there), [`foreign-in-place .cursor/skills/${SKILL}`])
})

test('two that differ are duplicates for the agents that read both; two that are equal are none', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.cwd, '.cursor'))
  await install({ ...PROJECT, copy: true }, there, CURRENT)
  assert.deepEqual(await codes(there), [])
  put(there.cwd, `${CLAUDE_SKILL}/SKILL.md`, `---\nname: ${SKILL}\n---\nedited\n`)
  assert.deepEqual(await codes(there), [`duplicate ${CLAUDE_SKILL}`])
  const [{ message = '' } = {}] = (await diagnose(there)).findings
  assert.match(message, /^Cursor finds .* and .* \(with 1 local edits\) in /)
})

test('the user level hides the project level from Claude Code, and the other way round for Gemini', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.home, '.gemini'))
  await install(PROJECT, there, CURRENT)
  await install(USER, there, CURRENT)
  assert.deepEqual(await codes(there), [])
  await install(USER, there, OLD)
  const { findings } = await diagnose(there)
  const shadowed = findings.filter(({ code }) => code === 'shadowed')
  assert.deepEqual(
    shadowed.map(({ place, message }) => [
      place.file,
      message.split(' ')[0],
      /it takes the one of the (\w+)/.exec(message)?.[1],
    ]),
    [
      [CLAUDE_SKILL, 'Claude', 'user'],
      [`~/${SHARED_SKILL}`, 'Gemini', 'project'],
    ],
  )
})

test('a project that is the home folder is one install, and not two', async (t) => {
  const there = machine(t)
  const home = { ...there, cwd: there.home }
  await install(PROJECT, home, CURRENT)
  assert.deepEqual(await codes(home), [])
  const { survey } = await diagnose(home)
  assert.deepEqual(
    survey.sightings.map(({ level }) => level),
    ['project', 'project'],
  )
})

test('a lock file that says something else, and one that is broken at its place', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  const text = tree(there.cwd)['skills-lock.json'] ?? ''
  for (const [from, to] of [
    [/"version": "[^"]+"/, '"version": "9.9.9"'],
    [/"computedHash": "[^"]+"/, '"computedHash": "x"'],
    [SKILL, 'another'],
  ] as const) {
    put(there.cwd, 'skills-lock.json', text.replace(from, to))
    assert.deepEqual(await codes(there), ['lock-disagrees skills-lock.json'], to)
  }
  put(there.cwd, 'skills-lock.json', '{\n  "version": 1,\n')
  const [finding] = (await diagnose(there)).findings
  assert.equal(finding?.code, 'lock-broken')
  assert.deepEqual([finding?.level, finding?.place.line], ['broken', 3])
})

test('edits that npm skills would replace', async (t) => {
  const there = machine(t)
  put(there.cwd, 'package.json', JSON.stringify({ dependencies: { eventwright: '1' } }))
  await install(PROJECT, there, CURRENT)
  put(there.cwd, `${SHARED_SKILL}/references/ours.md`, 'ours')
  assert.deepEqual(await codes(there), ['lock-replaces-edits skills-lock.json'])
})

test('a Node on the PATH that is too old, and none', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, CURRENT)
  put(there.top, 'bin/node', '#!/bin/sh\necho v20.1.0\n')
  chmodSync(join(there.top, 'bin/node'), 0o755)
  assert.deepEqual(await codes({ ...there, env: { PATH: join(there.top, 'bin') } }), ['node-too-old .'])
  assert.deepEqual(await codes({ ...there, env: { PATH: join(there.top, 'none') } }), ['node-too-old .'])
})

test('a skill that is linked out of the project is found for what it is', async (t) => {
  const there = machine(t)
  for (const [path, content] of CURRENT.shipment.files) put(there.top, `pack/${path}`, content.toString())
  mkdirSync(dirname(join(there.cwd, SHARED_SKILL)), { recursive: true })
  symlinkSync(join(there.top, 'pack'), join(there.cwd, SHARED_SKILL))
  const { survey } = await diagnose(there)
  assert.deepEqual(
    survey.sightings.map(({ linked, recorded, version }) => ({ linked, recorded, version })),
    [{ linked: true, recorded: false, version: CURRENT.shipment.version }],
  )
})
