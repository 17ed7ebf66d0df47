import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { realDisk } from './disk.ts'
import { systemError } from './fixtures/failing-disk.ts'
import { CLAUDE_SKILL, machine, put, SHARED_SKILL, shipmentOf, tree } from './fixtures/machine.ts'
import { isPlainPath, mustStayWithin } from './guard.ts'
import { install } from './install.ts'
import { SKILL } from './name.ts'
import { remove } from './remove.ts'
import { shipment } from './shipment.ts'

const ONE = { shipment: shipmentOf('1.0.0') }
const PROJECT = { level: 'project' } as const

/** What a hostile project may have in the way: each leads to a folder outside. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  '.agents': 'outside',
  '.agents/skills': 'outside',
  '.claude': 'outside',
  '.claude/skills': 'outside',
}

for (const [path, target] of Object.entries(WAYS_OUT)) {
  test(`${path} as a link out of the project is refused, for an install, a forced one and a removal`, async (t) => {
    const there = machine(t)
    put(there.top, `${target}/skills/${SKILL}/SKILL.md`, `---\nname: ${SKILL}\n---\nprecious\n`)
    mkdirSync(dirname(join(there.cwd, path)), { recursive: true })
    symlinkSync(join(there.top, target), join(there.cwd, path))
    const before = tree(there.top)
    for (const force of [false, true]) {
      await assert.rejects(install({ ...PROJECT, force }, there, ONE), {
        code: 'UnsafePath',
        message: /leads to .*outside.*, out of .*Nothing is written there/,
      })
      assert.deepEqual(tree(there.top), before)
    }
    await remove({ ...PROJECT, force: true }, there).catch((error) => assert.equal(error.code, 'UnsafePath'))
    assert.deepEqual(tree(there.top), before)
  })
}

test('a link that leads nowhere is refused as a folder to write in', async (t) => {
  const there = machine(t)
  symlinkSync(join(there.top, 'not there'), join(there.cwd, '.claude'))
  await assert.rejects(install(PROJECT, there, ONE), { code: 'UnsafePath', message: /leads nowhere/ })
  assert.deepEqual(Object.keys(tree(there.cwd)), ['.claude'])
})

for (const [path, name] of [
  [SHARED_SKILL, 'the shared folder'],
  [CLAUDE_SKILL, "an agent's folder"],
] as const) {
  test(`a foreign link at ${name} is kept; force replaces the link, never what it leads to`, async (t) => {
    const there = machine(t)
    put(there.top, 'outside/precious', 'precious')
    mkdirSync(dirname(join(there.cwd, path)), { recursive: true })
    symlinkSync(join(there.top, 'outside'), join(there.cwd, path))
    const before = tree(there.top)
    const { outcome, steps } = await install(PROJECT, there, ONE)
    assert.equal(outcome, 'blocked')
    assert.match(steps.map(({ obstacle }) => obstacle).join(), /a link to .*outside/)
    assert.deepEqual(tree(there.top), before)
    assert.equal((await install({ ...PROJECT, force: true }, there, ONE)).outcome, 'done')
    assert.deepEqual(tree(join(there.top, 'outside')), { precious: 'precious' })
  })

  test(`a foreign folder and a foreign file at ${name} are kept; force backs them up`, async (t) => {
    for (const inside of ['', '/work.txt']) {
      const there = machine(t)
      put(there.cwd, path + inside, 'hours of work')
      assert.equal((await install(PROJECT, there, ONE)).outcome, 'blocked')
      assert.equal(tree(there.cwd)[path + inside], 'hours of work')
      const { outcome, backup = assert.fail() } = await install({ ...PROJECT, force: true }, there, ONE)
      assert.equal(outcome, 'done')
      assert.deepEqual(tree(backup), { [path + inside]: 'hours of work' })
    }
  })
}

test('a file where a folder should be is told, and nothing is left behind', async (t) => {
  for (const path of ['.agents', '.agents/skills', '.claude']) {
    const there = machine(t)
    put(there.cwd, path, 'a file')
    const before = tree(there.cwd)
    await assert.rejects(install(PROJECT, there, ONE), /ENOTDIR|EEXIST|unable to open/)
    assert.deepEqual(tree(there.cwd), before)
  }
})

test('a skill that holds a link is not shipped', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-source-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of ONE.shipment.files) put(folder, path, content.toString())
  assert.equal((await shipment({ folder, origin: 'package' })).version, '1.0.0')
  for (const target of ['/etc/passwd', 'SKILL.md', '/etc']) {
    symlinkSync(target, join(folder, 'references/link.md'))
    await assert.rejects(shipment({ folder, origin: 'package' }), {
      code: 'UnsafePath',
      message: /link\.md is no file/,
    })
    rmSync(join(folder, 'references/link.md'))
  }
})

test('a disk that is full, and a folder that may not be written, leave everything as it was', async (t) => {
  for (const code of ['ENOSPC', 'EACCES', 'EROFS']) {
    const there = machine(t)
    await install(PROJECT, there, { shipment: shipmentOf('0.9.0') })
    const before = tree(there.cwd)
    const disk = { ...realDisk, writeFile: () => Promise.reject(systemError(code)) }
    await assert.rejects(install(PROJECT, there, { ...ONE, disk }), {
      code: 'InstallFailed',
      message: `${code}. Everything is as it was.`,
    })
    assert.deepEqual(tree(there.cwd), before)
  }
})

test('what could not be undone is told, and what was moved aside is still there', async (t) => {
  const there = machine(t)
  await install(PROJECT, there, { shipment: shipmentOf('0.9.0') })
  let moves = 0
  const disk = {
    ...realDisk,
    async move(from: string, to: string): Promise<void> {
      moves++
      if (moves > 1) throw systemError('EIO', `EIO: ${to}`)
      await realDisk.move(from, to)
    },
  }
  await assert.rejects(install(PROJECT, there, { ...ONE, disk }), /This could not be undone: EIO/)
  assert.match(tree(there.cwd)['.agents/.eventwright-install/previous/SKILL.md'] ?? '', /# 0\.9\.0/)
  const { restored } = await install(PROJECT, there, ONE)
  assert.deepEqual(restored, [join(there.cwd, SHARED_SKILL)])
  assert.match(tree(there.cwd)[`${SHARED_SKILL}/SKILL.md`] ?? '', /# 1\.0\.0/)
})

test('a lock that is a link is removed and not followed', async (t) => {
  const there = machine(t)
  mkdirSync(join(there.cwd, '.agents'))
  writeFileSync(join(there.top, 'precious'), 'precious')
  symlinkSync(join(there.top, 'precious'), join(there.cwd, '.agents/.eventwright.lock'))
  assert.equal((await install(PROJECT, there, ONE)).outcome, 'done')
  assert.equal(tree(there.top).precious, 'precious')
})

test('a prepared folder that is a link is removed and not followed', async (t) => {
  const there = machine(t)
  put(there.top, 'outside/previous/precious', 'precious')
  mkdirSync(join(there.cwd, '.agents'))
  symlinkSync(join(there.top, 'outside'), join(there.cwd, '.agents/.eventwright-install'))
  assert.equal((await install(PROJECT, there, ONE)).outcome, 'done')
  assert.equal(tree(there.top)['outside/previous/precious'], 'precious')
})

test('paths of files in a skill are plain', () => {
  const bad = ['', '.', '..', '../x', 'a/../b', '/x', 'a//b', 'a/', 'C:x', 'a\\b', 'a\0b']
  assert.deepEqual(bad.filter(isPlainPath), [])
  assert.deepEqual(
    ['a', 'a/b.md', '..a/b', 'a/.b'].filter((path) => !isPlainPath(path)),
    [],
  )
})

test('a folder that is only to be made is no way out', async (t) => {
  const there = machine(t)
  await mustStayWithin(join(there.top, 'new/a/b'), join(there.top, 'new'))
  await mustStayWithin(join(there.cwd, 'a/b/c'), there.cwd)
  await assert.rejects(mustStayWithin(join(there.cwd, '../x/y'), there.cwd), { code: 'UnsafePath' })
})
