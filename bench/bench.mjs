// Side by side with peers and raw limits: node bench.mjs [PART…] [--save]. Each part runs all its sides in one run.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { compareFlows } from './flow/compare.mjs'
import { growth } from './growth/growth.mjs'
import { starts } from './start/starts.mjs'
import { compareStores, STORE_TASKS } from './store/compare.mjs'

const PARTS = new Map([
  ...STORE_TASKS.map((name) => [name, (folder, say) => compareStores(name, folder, say)]),
  ['flow', compareFlows],
  ['start', starts],
  ['growth', growth],
])

const { values, positionals } = parseArgs({ options: { save: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.find((name) => !PARTS.has(name))
if (unknown !== undefined) {
  console.error(`There is no part '${unknown}'; there are ${[...PARTS.keys()].join(', ')}.`)
  process.exit(3)
}

const here = import.meta.dirname
const cache = join(here, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'bench-'))
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const say = (line) => process.stderr.write(`  ${line}\n`)
const chosen = positionals.length === 0 ? [...PARTS.keys()] : positionals
for (const name of chosen) {
  say(`${name} …`)
  const [title = '', ...lines] = await PARTS.get(name)(folder, say)
  const section = [`## ${title}`, ...lines, '', `${machine()}.`].join('\n')
  console.log(`${section}\n`)
  if (values.save) save(name, section)
}

function machine() {
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  const day = new Date().toISOString().slice(0, 10)
  return `${day}: ${availableParallelism()} cores of ${model}, ${Math.round(totalmem() / 1e9)} GB, node ${process.version}`
}

/** Puts the part's section in the place of its last one. @param {string} name @param {string} section */
function save(name, section) {
  const file = join(here, 'RESULTS.md')
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`RESULTS.md has no place for ${name}: add ${begin} and ${end}`)
  writeFileSync(file, `${text.slice(0, from)}${begin}\n${section}\n${text.slice(to)}`)
}
