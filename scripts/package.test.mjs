// Packs both packages and uses them as a stranger would: installed from their tarballs, outside this repository.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, posix } from 'node:path'
import process from 'node:process'
import test, { after, before } from 'node:test'
import { importsOf } from './imports.mjs'
import { SERVICE_NEEDS, testScaffold } from './package-scaffold.mjs'
import { SHIPPED, testSkill } from './package-skill.mjs'
import { root } from './setup.mjs'

const PACKAGES = [
  { name: '@eventwright/core', folder: 'packages/core' },
  { name: 'eventwright', folder: 'packages/eventwright' },
]
/** What some public paths of core need beside it, for those who use them. */
const PEERS = Object.keys(readJson(join(root, 'packages/core/package.json')).peerDependencies)
const TYPES = ['@types/node', '@types/pg']
/** Public paths that need no peer. */
const ALONE = ['.', './sqlite', './testing']
const EXAMPLES = 'skills/building-event-driven-architecture/examples'
const FLOW = 'worked-order-processing.yaml'

const outside = mkdtempSync(join(tmpdir(), 'eventwright-package-'))
const env = strangersEnvironment()

before(() => {
  for (const { folder } of PACKAGES) npm(['pack', '--pack-destination', outside], join(root, folder))
  const dependencies = {
    ...Object.fromEntries(PACKAGES.map(({ name }) => [name, `file:${tarballOf(name)}`])),
    ...Object.fromEntries([...TYPES, ...PEERS, ...SERVICE_NEEDS].map((name) => [name, versionOf(name)])),
  }
  const manifest = { name: 'stranger', version: '1.0.0', private: true, type: 'module', dependencies }
  writeFileSync(join(outside, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(outside, 'package-lock.json'), JSON.stringify(lockFor(manifest)))
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund'], outside)
  cpSync(join(root, 'scripts/package-test'), outside, { recursive: true })
})

after(() => rmSync(outside, { recursive: true, force: true }))

for (const { name } of PACKAGES) {
  test(`the tarball of ${name} holds what its public paths lead to, and nothing else`, () => {
    const all = filesOf(name)
    const skill = all.filter((file) => file.startsWith('skills/')).sort()
    assert.deepEqual(skill, name === 'eventwright' ? SHIPPED : [], 'every file of the skill, and its command')
    const files = all.filter((file) => !skill.includes(file))
    for (const file of ['package.json', 'README.md', 'LICENSE']) assert.ok(files.includes(file), `no ${file}`)
    const stray = files.filter(
      (file) => !/^(package\.json|README\.md|LICENSE|dist\/.*\.(js|d\.ts|json))$/.test(file),
    )
    assert.deepEqual(stray, [], 'only compiled code, its types and its data')
    assert.deepEqual(
      files.filter((file) => /\.(test|types|tsbuildinfo)\.|(^|\/)(fixtures?|tests?|__tests__)\//.test(file)),
      [],
      'no tests',
    )
    assert.deepEqual(unreached(name, files), [], 'every module is reached from exports or bin')
  })

  test(`${name} says what a registry shows: licence, engines, README`, () => {
    const manifest = readJson(join(outside, 'node_modules', name, 'package.json'))
    assert.equal(manifest.license, 'MIT')
    assert.equal(manifest.engines.node, '>=24')
    assert.ok(
      readFileSync(join(outside, 'node_modules', name, 'README.md'), 'utf8').length > 200,
      'a README with words',
    )
  })
}

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`a strict program type-checks against the published types with moduleResolution ${moduleResolution}`, () => {
    writeFileSync(join(outside, 'every-path.ts'), everyPath())
    const compilerOptions = {
      target: 'esnext',
      module,
      moduleResolution,
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    const config = `tsconfig.${moduleResolution}.json`
    writeFileSync(
      join(outside, config),
      JSON.stringify({ compilerOptions, files: ['shop.ts', 'every-path.ts'] }),
    )
    succeed(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      config,
      '--pretty',
      'false',
    ])
  })
}

test('every public path can be imported with the declared dependencies and peers', () => {
  writeFileSync(join(outside, 'every-path.ts'), everyPath())
  succeed(process.execPath, ['every-path.ts'])
})

test('who uses no engine and no telemetry that needs a peer needs none', () => {
  const name = '@eventwright/core'
  const folder = join(outside, 'node_modules', name)
  const { exports, dependencies } = readJson(join(folder, 'package.json'))
  const reached = new Set(ALONE.map((path) => posix.normalize(exports[path].default)))
  for (const file of reached) {
    const next = ledTo(folder, file).filter((path) => path.endsWith('.js'))
    for (const path of next) reached.add(path)
  }
  const asked = [...reached].flatMap((file) => importsOf(readFileSync(join(folder, file), 'utf8')))
  const packages = asked
    .map(({ specifier }) => specifier)
    .filter((specifier) => !/^(\.|node:)/.test(specifier))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
  assert.ok(packages.includes('ajv'), 'imports are found')
  assert.deepEqual(
    [...new Set(packages)].filter((one) => !(one in dependencies)),
    [],
  )
})

test('the program runs as an ES module: a saga fulfils one order and compensates the other', () => {
  const { stdout } = succeed(process.execPath, ['shop.ts'])
  assert.deepEqual(JSON.parse(stdout), {
    first: 'events',
    retry: ['events', true],
    refused: 'AlreadyPlaced',
    fulfilled: ['OrderPlaced', 'OrderConfirmed'],
    compensated: ['OrderPlaced', 'OrderCancelled'],
    stock: ['StockReserved', 'StockRejected'],
    demand: { quantity: 4 },
  })
})

test('the library runs from CommonJS through require()', () => {
  assert.equal(succeed(process.execPath, ['shop.cjs']).stdout, 'events\n')
})

test('npx eventwright --help shows the commands', () => {
  assert.match(npx(['eventwright', '--help']).stdout, /\brun\b[\s\S]*\bcheck\b/)
})

test('npx eventwright run runs the worked flow, copied from the skill', () => {
  mkdirSync(join(outside, 'flow'))
  cpSync(join(root, EXAMPLES), join(outside, 'flow'), { recursive: true })
  assert.match(npx(['eventwright', 'run', `flow/${FLOW}`]).stdout, /\S/)
})

test('npx eventwright run tells of a file that is not there with exit code 4', () => {
  const { status, stderr } = start(npmTool('npx'), ['eventwright', 'run', 'absent.yaml'], outside)
  assert.equal(status, 4, stderr)
  assert.match(stderr, /absent\.yaml/)
})

testSkill(outside, start)
testScaffold(outside, start, env)

/**
 * What this run adds to the environment must not help: conditions, npm's own variables, our tools on the PATH. Nor
 * may npx fetch a package that the install should have brought.
 */
function strangersEnvironment() {
  const ours =
    /^(NODE_OPTIONS|npm_(?!config_).*|npm_config_(local_prefix|workspaces?|include_workspace_root))$/i
  const kept = Object.entries(process.env).filter(([key]) => !ours.test(key))
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(root))
  return {
    ...Object.fromEntries(kept),
    npm_config_yes: 'false',
    PATH: [dirname(process.execPath), ...path].join(delimiter),
  }
}

/** @param {string} name */
function tarballOf(name) {
  const [file] = globSync(`${name.replace('@', '').replace('/', '-')}-[0-9]*.tgz`, { cwd: outside })
  assert.ok(file, `a tarball of ${name}`)
  return file
}

/**
 * Our own lock file tells npm where the versions that we test with are, so that its cache is enough. What the
 * packages do not ask for npm leaves out.
 * @param {{ dependencies: Record<string, string> }} manifest
 */
function lockFor(manifest) {
  const locked = Object.entries(readJson(join(root, 'package-lock.json')).packages)
    .filter(([path, entry]) => /^node_modules\//.test(path) && !entry.link && !entry.optional)
    .map(([path, { dev, ...entry }]) => [path, entry])
  return { lockfileVersion: 3, requires: true, packages: { '': manifest, ...Object.fromEntries(locked) } }
}

/** @param {string} name */
function filesOf(name) {
  const folder = join(outside, 'node_modules', name)
  return globSync('**/{*,.*}', {
    cwd: folder,
    withFileTypes: true,
    exclude: (entry) => entry.name === 'node_modules',
  })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, join(entry.parentPath, entry.name).replaceAll('\\', '/')))
}

/**
 * Code and types that nothing public leads to are a helper of the tests, or dead.
 * @param {string} name
 * @param {string[]} files
 */
function unreached(name, files) {
  const manifest = readJson(join(outside, 'node_modules', name, 'package.json'))
  const entries = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
  const seen = new Set(
    entries.flatMap((entry) => (typeof entry === 'string' ? [entry] : [entry.types, entry.default])),
  )
  const known = new Set(
    [...seen].map((path) => posix.normalize(path)).filter((path) => /\.(js|d\.ts)$/.test(path)),
  )
  for (const file of known) {
    for (const next of ledTo(join(outside, 'node_modules', name), file))
      if (files.includes(next)) known.add(next)
  }
  const bare = (/** @type {string} */ file) => file.replace(/\.(d\.ts|js)$/, '')
  const modules = new Set([...known].map(bare))
  return files.filter((file) => /\.(js|d\.ts)$/.test(file) && !modules.has(bare(file)))
}

/**
 * What a compiled file imports, and its other half: a module of types alone is imported by declarations only.
 * @param {string} folder
 * @param {string} file
 */
function ledTo(folder, file) {
  const isTypes = file.endsWith('.d.ts')
  const other = isTypes ? file.replace(/\.d\.ts$/, '.js') : file.replace(/\.js$/, '.d.ts')
  const imported = importsOf(readFileSync(join(folder, file), 'utf8'))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.join(posix.dirname(file), specifier))
  return [other, ...imported.map((path) => (isTypes ? path.replace(/\.(js|ts)$/, '.d.ts') : path))]
}

/** A module that imports every public path of both packages. */
function everyPath() {
  const paths = PACKAGES.flatMap(({ name }) =>
    Object.keys(readJson(join(outside, 'node_modules', name, 'package.json')).exports)
      .filter((path) => path !== './package.json')
      .map((path) => posix.join(name, path)),
  )
  const lines = paths.map((path, index) => `import * as path${index} from '${path}'`)
  return `${lines.join('\n')}\nconsole.log(${paths.map((_, index) => `Object.keys(path${index}).length`).join(', ')})\n`
}

/** @param {string} name of a package that this repository is tested with */
function versionOf(name) {
  return readJson(join(root, 'node_modules', name, 'package.json')).version
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return succeed(npmTool('npm'), args, cwd)
}

/** @param {string[]} args */
function npx(args) {
  return succeed(npmTool('npx'), args)
}

/** @param {'npm' | 'npx'} name */
function npmTool(name) {
  return process.platform === 'win32' ? `${name}.cmd` : name
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function succeed(command, args, cwd = outside) {
  const result = start(command, args, cwd)
  const said = `${[command, ...args].join(' ')} in ${cwd}: exit ${result.status}\n${result.stdout}\n${result.stderr}`
  assert.equal(result.status, 0, said)
  return result
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} more
 */
function start(command, args, cwd, more = {}) {
  const shell = command.endsWith('.cmd')
  const result = spawnSync(command, args, {
    cwd,
    env: { ...env, ...more },
    shell,
    encoding: 'utf8',
    timeout: 280_000,
  })
  if (result.error) throw result.error
  return result
}
