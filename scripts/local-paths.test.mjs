import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { root } from './setup.mjs'

const TEXT_FILES = ['**/*.{ts,mjs,cjs,js,json,md,yaml,yml,sh,html,css,sql}', '.ci/*', '.github/**/*.yml']
const SKIPPED = new Set(['node_modules', 'dist', '.git'])
/** What the package test, which may run at the same time, writes and renames; it comes from `skills`, which is read. */
const PACKED = /^packages[\\/]eventwright[\\/]skills(\.next)?$/

/**
 * @param {string} text
 * @param {string[]} folders
 */
function linesThatName(text, folders) {
  const patterns = folders.map((folder) => new RegExp(`(?<![\\w.}])${RegExp.escape(folder)}(?![\\w.-])`))
  return text
    .split('\n')
    .flatMap((line, index) => (patterns.some((found) => found.test(line)) ? [index + 1] : []))
}

test('a line that names a folder is found, one that names another of a like name is not', () => {
  const text = "a\nconst file = '/srv/me/notes.md'\ncd /srv/me\n/srv/mend /opt/srv/me x/srv/me\n}/srv/me"
  assert.deepEqual(linesThatName(text, ['/srv/me']), [2, 3])
})

test('no file names a path of the machine that it was written on', () => {
  const above = dirname(root)
  // Too short or shared by all machines: such a name in a file tells nothing.
  const common = ['/', '/tmp', tmpdir(), dirname(homedir())]
  const folders = [root, above, homedir()].filter((folder) => !common.includes(folder))
  const files = globSync(TEXT_FILES, {
    cwd: root,
    exclude: (path) => SKIPPED.has(path.split(/[\\/]/).at(-1) ?? '') || PACKED.test(path),
  })
  assert.ok(files.length > 40, 'the files were found')
  const found = files.flatMap((file) =>
    linesThatName(readFileSync(join(root, file), 'utf8'), folders).map((line) => `${file}:${line}`),
  )
  assert.deepEqual(
    found,
    [],
    `${folders.join(', ')}: write a path from the root of the repository, or a made-up one`,
  )
})
