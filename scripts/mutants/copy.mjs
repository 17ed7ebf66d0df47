import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from '../setup.mjs'

const PACKAGES = { '@eventwright/core': 'packages/core', eventwright: 'packages/eventwright' }
const LEFT_OUT = new Set(['node_modules', 'dist'])

/**
 * A copy of our packages that can be broken: whatever in it imports one of them gets the one in the copy.
 * @returns {{ folder: string, remove: () => void }}
 */
export function copyRepository() {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-mutants-'))
  for (const path of globSync(['package.json', 'tsconfig*.json'], { cwd: root })) {
    cpSync(join(root, path), join(folder, path))
  }
  for (const path of Object.values(PACKAGES)) {
    const filter = (/** @type {string} */ from) => !LEFT_OUT.has(basename(from))
    cpSync(join(root, path), join(folder, path), { recursive: true, filter })
  }
  linkModules(folder)
  // The servers that tests start.
  link(join(root, 'scripts'), join(folder, 'scripts'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** @param {string} folder */
function linkModules(folder) {
  const installed = join(root, 'node_modules')
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@eventwright'), { recursive: true })
  for (const name of readdirSync(installed)) {
    if (name !== '@eventwright' && !(name in PACKAGES)) link(join(installed, name), join(modules, name))
  }
  for (const [name, path] of Object.entries(PACKAGES)) {
    link(join(folder, path), join(modules, name))
    for (const own of globSync('node_modules', { cwd: join(root, path) })) {
      link(join(root, path, own), join(folder, path, own))
    }
  }
}

/**
 * @param {string} target
 * @param {string} path
 */
function link(target, path) {
  symlinkSync(target, path, 'junction')
}
