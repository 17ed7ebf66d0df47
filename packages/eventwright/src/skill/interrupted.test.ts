import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { failingDisk, systemError } from './fixtures/failing-disk.ts'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { install } from './install.ts'
import type { Surroundings } from './places.ts'
import { remove } from './remove.ts'
import { survey } from './survey.ts'

const PROJECT = { level: 'project', agents: ['claude-code'], force: true } as const
const TWO_AGENTS = { level: 'project', agents: ['claude-code', 'kiro-cli'], force: true } as const
const ONE = { shipment: shipmentOf('1.0.0') }
const TWO = { shipment: shipmentOf('2.0.0') }
const FIXTURE = join(import.meta.dirname, 'fixtures/install-process.ts')

type Start = (there: Surroundings) => Promise<void>

/** What may stand there before an install. */
const BEFORE: Readonly<Record<string, Start>> = {
  nothing: async () => undefined,
  'an older version, and an edited copy': async (there) => {
    await install({ ...PROJECT, copy: true }, there, ONE)
    put(there.cwd, `${SHARED_SKILL}/SKILL.md`, 'edited\n')
    put(there.cwd, '.kiro/skills/other/SKILL.md', 'other\n')
  },
}

for (const [what, begin] of Object.entries(BEFORE)) {
  test(`with ${what} before: a failure at any step of an install leaves that`, async (t) => {
    const installAt = async (at: number) => {
      const there = machine(t)
      await begin(there)
      const before = tree(there.top)
      const disk = failingDisk(at, () => {
        throw systemError('EIO')
      })
      const failed = await install(TWO_AGENTS, there, { ...TWO, disk }).catch((error) => error)
      return { failed, before, after: tree(there.top), steps: disk.steps }
    }
    const { steps } = await installAt(0)
    assert.ok(steps.length > 10, `${steps.length} steps`)
    for (const at of telling(steps)) {
      const { failed, before, after } = await installAt(at)
      // What cannot be cleaned away afterwards does not undo an install.
      if (steps.lastIndexOf('move') + 1 < at) continue
      assert.match(failed.message, /^EIO\. Everything is as it was\.$/, `at step ${at}`)
      assert.deepEqual(after, before, `at step ${at}`)
    }
  })
}

/** Of several steps alike in a row the first will do, but of moves, which are what others see. */
function telling(steps: readonly string[]): number[] {
  return steps.flatMap((step, index) => (step === 'move' || step !== steps[index - 1] ? [index + 1] : []))
}

test('a failure at any step of a removal leaves what was there', async (t) => {
  for (let at = 1; ; at++) {
    const there = machine(t)
    await install(PROJECT, there, ONE)
    const before = tree(there.top)
    const disk = failingDisk(at, () => {
      throw systemError('EIO')
    })
    const failed = await remove({ level: 'project' }, there, disk).catch((error) => error)
    if (!(failed instanceof Error)) break
    assert.deepEqual(tree(there.top), before, `at step ${at}`)
    assert.ok(at < 100)
  }
})

test('a process that is killed at any step of an update leaves each place old or new, and the next install is whole', async (t) => {
  const clean = machine(t)
  await install(PROJECT, clean, TWO)
  const wanted = tree(clean.cwd)
  const steps = await stepsOf(t)
  const moves = steps.filter((step) => step === 'move').length
  assert.ok(moves >= 5, `${moves} moves`) // two folders, what they replace, the lock file
  // Two at a time, since each is a process of its own.
  const remaining = telling(steps)
  const worker = async (): Promise<void> => {
    for (let at = remaining.shift(); at !== undefined; at = remaining.shift()) await killAt(t, at, wanted)
  }
  await Promise.all([worker(), worker()])
})

async function stepsOf(t: TestContext): Promise<readonly string[]> {
  const there = machine(t)
  await install({ ...PROJECT, copy: true }, there, ONE)
  const { stdout } = await installProcess(there, '2.0.0', 0)
  return JSON.parse(stdout).steps
}

async function killAt(t: TestContext, at: number, wanted: Record<string, string>): Promise<void> {
  const there = machine(t)
  await install({ ...PROJECT, copy: true }, there, ONE)
  const killed = await installProcess(there, '2.0.0', at).catch((error) => error)
  assert.equal(killed.signal, 'SIGKILL', `at step ${at}: ${killed.stdout}`)
  const left = tree(there.cwd)
  for (const place of [SHARED_SKILL, CLAUDE_SKILL]) assertWhole(left, place, `at step ${at}`)
  const { faults } = await survey(there)
  assert.deepEqual(
    faults.filter(({ kind }) => kind !== 'interrupted' && kind !== 'broken-link'),
    [],
    `at step ${at}`,
  )
  const { outcome } = await install(PROJECT, there, TWO)
  assert.equal(outcome, 'done')
  assert.deepEqual(tree(there.cwd), wanted, `after step ${at}`)
}

/** Old, new, a link, or moved aside whole; never a part. */
function assertWhole(left: Record<string, string>, place: string, where: string): void {
  const aside = join(place, '../../.eventwright-install/previous')
  const folder = Object.keys(left).some((path) => path.startsWith(place)) ? place : aside
  if (left[folder]?.startsWith('-> ')) return
  const version = /# (\d\.\d\.\d)/.exec(left[`${folder}/SKILL.md`] ?? '')?.[1]
  assert.ok(version, `${place} ${where}`)
  assert.match(
    left[`${folder}/scripts/eventwright.mjs`] ?? '',
    new RegExp(version.replaceAll('.', '\\.')),
    where,
  )
  assert.ok(left[`${folder}/references/patterns.md`], where)
}

function installProcess(there: Surroundings, version: string, step: number): Promise<{ stdout: string }> {
  const args = ['--conditions=@eventwright/source', FIXTURE, there.cwd, there.home, version, String(step)]
  return promisify(execFile)(process.execPath, args, { timeout: 120_000 })
}

test('ten installs at once, of two versions, end as one of them would alone', async (t) => {
  const there = machine(t)
  const versions = Array.from({ length: 10 }, (_, index) => `${(index % 2) + 1}.0.0`)
  const within = versions.map((version) => install(PROJECT, there, { shipment: shipmentOf(version) }))
  const processes = ['1.0.0', '2.0.0', '1.0.0'].map((version) => installProcess(there, version, 0))
  for (const { outcome } of await Promise.all(within)) assert.equal(outcome, 'done')
  await Promise.all(processes)
  const version = /# (\d\.\d\.\d)/.exec(tree(there.cwd)[`${SHARED_SKILL}/SKILL.md`] ?? '')?.[1] ?? ''
  const alone = machine(t)
  await install(PROJECT, alone, { shipment: shipmentOf(version) })
  assert.deepEqual(tree(there.cwd), tree(alone.cwd))
})
