// The skill in the packed package: installed by the command, listed by npm's own tool for skills, run with Node alone.
import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, sep } from 'node:path'
import process from 'node:process'
import test from 'node:test'
import { root } from './setup.mjs'
import { COMMAND, skillFiles } from './skill-pack.mjs'

const SKILL = 'building-event-driven-architecture'
const INSTALLED = `.agents/skills/${SKILL}`
const SKILLS = join(root, 'node_modules/skills/bin/cli.mjs')

/** @typedef {import('node:child_process').SpawnSyncReturns<string>} Ended */
/** @typedef {(command: string, args: string[], cwd: string, env: Record<string, string>) => Ended} Start */

/** @type {string[]} the files of the skill in the tarball, as paths in the package, sorted */
export const SHIPPED = [...skillFiles(), COMMAND].map((path) => `skills/${SKILL}/${path}`).sort()

/**
 * @param {string} outside the project that the tarballs are installed in
 * @param {Start} start runs a program in a stranger's environment
 */
export function testSkill(outside, start) {
  const home = join(outside, 'home')
  const own = { HOME: home, USERPROFILE: home, npm_config_offline: 'true', DISABLE_TELEMETRY: '1' }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {string} cwd
   */
  function good(command, args, cwd, env = {}) {
    mkdirSync(home, { recursive: true })
    const { status, stdout, stderr } = start(command, args, cwd, { ...own, ...env })
    assert.equal(status, 0, `${command} ${args.join(' ')} in ${cwd}: exit ${status}\n${stdout}\n${stderr}`)
    return stdout
  }
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'

  test('npx eventwright install puts the skill where every agent looks, without a network', () => {
    assert.match(good(npx, ['eventwright', 'install'], outside), /installed +\.agents\/skills/)
    for (const path of [...skillFiles(), COMMAND]) {
      const shipped = join(outside, 'node_modules/eventwright/skills', SKILL, path)
      assert.deepEqual(readFileSync(join(outside, INSTALLED, path)), readFileSync(shipped), path)
    }
    assert.equal(statSync(join(outside, INSTALLED, COMMAND)).mode & 0o777, 0o755)
    const link = join(outside, '.claude/skills', SKILL)
    assert.equal(readlinkSync(link).split(sep).join('/'), `../../${INSTALLED}`)
    good(npx, ['eventwright', 'doctor'], outside)
  })

  test("npm's skills lists what was installed, with its source", () => {
    mkdirSync(join(home, '.claude'), { recursive: true })
    const listed = JSON.parse(good(process.execPath, [SKILLS, 'list', '--json'], outside))
    assert.equal(listed.length, 1)
    const [{ name, path, scope, agents, source, sourceType }] = listed
    assert.deepEqual(
      { name, scope, source, sourceType },
      { name: SKILL, scope: 'project', source: 'eventwright', sourceType: 'node_modules' },
    )
    assert.equal(realpathSync(path), realpathSync(join(outside, INSTALLED)))
    assert.ok(agents.includes('Claude Code'), agents.join())
  })

  test("npm's skills finds the skill in the dependency, and the command leaves its link alone", () => {
    const project = join(outside, 'synced')
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies: { eventwright: '*' } }))
    const found = good(process.execPath, [SKILLS, 'experimental_sync', '--yes'], project)
    assert.match(found, new RegExp(`${SKILL}[^\\n]*from[^\\n]*eventwright`))
    const packed = realpathSync(join(outside, 'node_modules/eventwright/skills', SKILL))
    assert.equal(realpathSync(join(project, INSTALLED)), packed)
    assert.match(good(npx, ['eventwright', 'install'], project), /unchanged +\.agents[\s\S]*Up to date/)
    assert.equal(realpathSync(join(project, INSTALLED)), packed)
    assert.match(good(process.execPath, [SKILLS, 'experimental_sync', '--yes'], project), /Found.*1.*skill/)
    good(npx, ['eventwright', 'doctor'], project)
  })

  test('the installed skill works with nothing but Node, and installs itself elsewhere', () => {
    const alone = join(dirname(outside), `${outside.slice(dirname(outside).length + 1)}-alone`)
    mkdirSync(alone)
    try {
      cpSync(join(outside, INSTALLED), join(alone, INSTALLED), { recursive: true })
      const env = { PATH: dirname(process.execPath) }
      const command = (/** @type {string[]} */ ...args) =>
        good(process.execPath, [`${INSTALLED}/${COMMAND}`, ...args], alone, env)
      const flow = `${INSTALLED}/examples/worked-order-processing.yaml`
      assert.match(command('--help'), /\brun\b[\s\S]*\binstall\b/)
      assert.match(command('run', flow), / passed, 0 failed/)
      assert.match(command('check', flow), /Scenarios touch/)
      // The run has left a schema for editors beside the flow: that is no edit.
      assert.ok(existsSync(join(alone, INSTALLED, 'examples/.eventwright')))
      assert.match(command('install', '--agent', 'kiro-cli'), /unchanged[\s\S]*linked +\.kiro\/skills/)
      assert.match(command('install', '--user'), /installed +~\/\.agents\/skills/)
      assert.match(command('list'), /This project:[\s\S]*This user:/)
      command('doctor')
    } finally {
      start(
        process.execPath,
        ['-e', `fs.rmSync(${JSON.stringify(alone)}, { recursive: true })`],
        outside,
        own,
      )
    }
  })
}
