import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { machine, put } from './fixtures/machine.ts'
import { skillFolder } from './folder.ts'
import { SKILL } from './name.ts'
import { shippedVersion } from './shipment.ts'

test('in this repository the skill is the one in skills/', async () => {
  const { folder, origin } = skillFolder()
  assert.equal(folder, join(import.meta.dirname, '../../../../skills', SKILL))
  assert.equal(origin, 'checkout')
  assert.match(await shippedVersion(), /^\d+\.\d+\.\d+$/)
})

test('in the package it is the one in skills/ of the package', (t) => {
  const { top } = machine(t)
  put(top, `node_modules/eventwright/skills/${SKILL}/SKILL.md`, 'x')
  assert.deepEqual(skillFolder(join(top, 'node_modules/eventwright/dist/skill/folder.js')), {
    origin: 'package',
    folder: join(top, 'node_modules/eventwright/skills', SKILL),
  })
})

test('for the bundled file in an installed skill it is that skill', (t) => {
  const { top } = machine(t)
  put(top, `.agents/skills/${SKILL}/SKILL.md`, 'x')
  assert.deepEqual(skillFolder(join(top, '.agents/skills', SKILL, 'scripts/eventwright.mjs')), {
    origin: 'bundle',
    folder: join(top, '.agents/skills', SKILL),
  })
})

test('where it is nowhere the error says where it was looked for', (t) => {
  const { top } = machine(t)
  assert.throws(() => skillFolder(join(top, 'a/b/eventwright.mjs')), {
    code: 'SkillNotFound',
    message: /Install this command anew/,
  })
})
