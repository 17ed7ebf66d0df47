// Builds the command as one file that needs nothing but Node: node scripts/skill-bundle.mjs OUT.mjs
// It reads the sources, so it needs no build before it, and every room that is imported lazily is inside.
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { root } from './setup.mjs'

const PACKAGE = join(root, 'packages/eventwright')

// What CommonJS gives a package and ES modules do not.
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url)"
const FOLDERS = { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' }

/**
 * @param {string} out where the file is written; what was there is replaced in one step
 * @returns {Promise<{ bytes: number, packages: string[] }>} its size, and the packages inside as name@version
 */
export async function bundleSkillCommand(out) {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(PACKAGE, 'src/cli/main.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['@eventwright/source'],
    // ES modules first: a package's half for older loaders may ask for its own files at run time.
    mainFields: ['module', 'main'],
    // Its code reads a .wasm file beside it; this half of the same package carries it inside.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    plugins: [smallPrettier],
    define: { EVENTWRIGHT_BUNDLED_VERSION: JSON.stringify(version), ...FOLDERS },
    banner: { js: REQUIRE },
    // Names stay, so that a stack trace tells something.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const packages = packagesOf(Object.keys(metafile.inputs))
  const text = (outputFiles[0]?.text ?? '') + noticeOf(packages)
  mkdirSync(dirname(out), { recursive: true })
  const temporary = `${out}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: 0o755 })
  renameSync(temporary, out)
  return { bytes: Buffer.byteLength(text), packages: packages.map(({ id }) => id) }
}

/**
 * json-schema-to-typescript names the whole of prettier, 5 MB of languages, for a formatting that is never asked of
 * it. Those who format import the half that brings no language by itself; here everybody gets that.
 * @type {import('esbuild').Plugin}
 */
const smallPrettier = {
  name: 'small-prettier',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^prettier$/ }, ({ kind, resolveDir }) =>
      resolve('prettier/standalone', { kind, resolveDir }),
    )
  },
}

/** @typedef {{ id: string, licence: string, text: string }} Bundled */

/**
 * @param {string[]} inputs paths of the files inside, from the root
 * @returns {Bundled[]}
 */
function packagesOf(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const files = globSync('{LICEN[CS]E,COPYING,NOTICE}*', { cwd: join(root, folder) }).sort()
    const text = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim()).join('\n\n')
    return { id: `${name}@${version}`, licence: String(license ?? 'see below'), text }
  })
}

/**
 * The licences ask that their text goes where the code goes.
 * @param {Bundled[]} packages
 */
function noticeOf(packages) {
  const parts = packages.map(({ id, licence, text }) => `${id} (${licence})\n\n${text}`)
  const notice = `This file holds these packages, each under its licence:\n\n${parts.join('\n\n----\n\n')}`
  return `/*\n${notice.replaceAll('*/', '* /')}\n*/\n`
}

if (process.argv[1] === import.meta.filename) {
  const [out] = process.argv.slice(2)
  if (out === undefined) {
    console.error('Say where: node scripts/skill-bundle.mjs OUT.mjs')
    process.exit(3)
  }
  const { bytes, packages } = await bundleSkillCommand(out)
  console.log(`${out}: ${(bytes / 1e6).toFixed(1)} MB, ${packages.length} packages inside`)
}
