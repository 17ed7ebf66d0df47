import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AGENTS } from './agents.ts'
import { machine } from './fixtures/machine.ts'
import { ownPlace, placesOf } from './places.ts'

const SKILLS = join(import.meta.dirname, '../../../../node_modules/skills')

test('every agent has a name that npm skills knows too, folders on both levels, and a source', () => {
  const { keywords } = JSON.parse(readFileSync(join(SKILLS, 'package.json'), 'utf8'))
  assert.equal(new Set(AGENTS.map(({ id }) => id)).size, AGENTS.length)
  for (const { id, title, project, user, traces, source } of AGENTS) {
    assert.ok(keywords.includes(id), id)
    assert.ok(title.length > 0 && traces.length > 0, id)
    assert.match(source, /^https:\/\//, id)
    for (const folder of project) assert.match(folder, /^\.[a-z]+\/skills$/, id)
    for (const folder of user) assert.match(folder, /^(~|\{[A-Z_]+\|~\/\.[a-z]+\})\/(.+\/)?skills$/, id)
  }
})

test('an agent that npm skills installs to a folder of its own is served by that folder or by the shared one', (t) => {
  const there = machine(t)
  const table = readFileSync(join(SKILLS, 'docs/agents.md'), 'utf8')
  for (const agent of AGENTS) {
    const row = table.split('\n').find((line) => line.includes(`\`${agent.id}\``)) ?? assert.fail(agent.id)
    const [, project = ''] = /\| `([^`]+)\/` \| `/.exec(row) ?? []
    const own = ownPlace(agent, 'project', there)
    assert.ok(own === undefined || agent.project[0] === project, `${agent.id}: ${project}`)
    assert.ok(agent.project.includes(project) || agent.project.includes('.agents/skills'), agent.id)
  }
})

test('Claude Code, Roo Code, Junie, Kiro and a few others need a link in a project; most do not', (t) => {
  const there = machine(t)
  const own = AGENTS.filter((agent) => ownPlace(agent, 'project', there)).map(({ id }) => id)
  assert.deepEqual(own, [
    'claude-code',
    'roo',
    'junie',
    'kiro-cli',
    'augment',
    'continue',
    'qwen-code',
    'trae',
  ])
})

test('each place is in a folder named skills, and no two stage their changes in one folder', (t) => {
  const there = machine(t)
  for (const level of ['project', 'user'] as const) {
    const paths = placesOf(level, there).map(({ path }) => path)
    for (const path of paths) assert.match(path, /\/skills\/building-event-driven-architecture$/)
    assert.equal(new Set(paths).size, paths.length)
  }
})
