// Plain JavaScript for Node 20: it runs before the install has brought the Node that runs TypeScript.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const SOURCE = '--conditions=@eventwright/source'
const LOCK = join(root, 'package-lock.json')
const INSTALLED = join(root, 'node_modules', '.package-lock.json')
const windows = process.platform === 'win32'

/**
 * Installs what package-lock.json asks for unless it is there already, and finds a Node that runs the source.
 * @returns {{ node: string, env: NodeJS.ProcessEnv }} the Node >= 24, and the environment to run it in
 */
export function prepare() {
  const stale = difference()
  if (stale !== undefined) install(stale)
  const node = findNode()
  return { node, env: environment(node) }
}

/**
 * Runs a script of this repository on the prepared Node and ends this process as that one ended.
 * @param {string} script path from the root
 * @param {string[]} args
 */
export function runAndExit(script, args) {
  const { node, env } = prepare()
  const child = spawn(node, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' })
  // A terminal sends Ctrl-C to the child as well; a supervisor sends SIGTERM to this process alone.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => fail(`${node} cannot be run: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/**
 * npm writes node_modules/.package-lock.json last, so a broken-off install does not pass for a whole one. What is
 * there beside is left alone: the package "node" puts its binary there, in a nested install of its own.
 * @returns {string | undefined} the first thing that is not as package-lock.json wants it
 */
function difference() {
  if (!existsSync(INSTALLED)) return 'node_modules is not there'
  const wanted = packagesOf(LOCK)
  const found = packagesOf(INSTALLED)
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const there = found[path]
    if (there === undefined && !entry.optional) return `${path} is missing`
    if (there !== undefined && there.version !== entry.version) return `${path} is not at ${entry.version}`
  }
  return undefined
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
  } catch {
    return {}
  }
}

/** @param {string} why */
function install(why) {
  const begun = Date.now()
  say(`Installing (${why}) …`)
  // npm's warnings here tell that this machine's Node is too old for the packages. It does not run them: the
  // Node among them does. Errors are still shown.
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [process.env.npm_execpath, ...args], { cwd: root, stdio: inherit })
    : spawnSync('npm', args, { cwd: root, stdio: inherit, shell: windows })
  if (npm.error) fail(`npm cannot be run: ${npm.error.message}. Install Node with npm, then try again.`)
  if (npm.status !== 0) {
    fail(
      `npm ci failed (exit ${npm.status}); npm says why above. It needs the registry or a filled npm cache. ` +
        'If package.json and package-lock.json disagree, run npm install once.',
    )
  }
  say(`Installed in ${((Date.now() - begun) / 1000).toFixed(1)} s.`)
}

/** npm talks on standard output, which belongs to the results of the command that follows. */
const inherit = /** @type {['ignore', 2, 2]} */ (['ignore', 2, 2])

/** The machine's own Node where it is new enough, otherwise the one that the install brought. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const brought = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')
  const version = spawnSync(brought, ['--version'], { encoding: 'utf8' }).stdout
  if (/^v(2[4-9]|[3-9]\d)\./.test(version ?? '')) return brought
  return fail(
    `Node >= 24 is needed; this is ${process.version}, and ${brought} cannot be run. ` +
      'Install Node 24, or let npm run the install script of the package "node" (npm rebuild node).',
  )
}

/**
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
function environment(node) {
  const given = process.env.NODE_OPTIONS ?? ''
  const options = given.includes(SOURCE) ? given : `${given} ${SOURCE}`.trim()
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
  return { ...process.env, NODE_OPTIONS: options, PATH: path }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  say(message)
  process.exit(4)
}
