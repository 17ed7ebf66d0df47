// Side by side with peers and raw limits: node bench.mjs [PART…] [--save] [--scale 0.1] [--ten-million].
// Each part runs all its sides in one run.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { engines } from './engines.mjs'
import { chosen, PARTS } from './parts.mjs'

const { values, positionals } = parseArgs({
  options: {
    save: { type: 'boolean' },
    scale: { type: 'string', default: '1' },
    'ten-million': { type: 'boolean' },
  },
  allowPositionals: true,
})
const names = chosen(positionals)
if (names === undefined) {
  const known = [...new Set([...PARTS.values()].map(({ group }) => group)), ...PARTS.keys()]
  console.error(`'${positionals.join(' ')}' names what is not there; there are ${known.join(', ')}.`)
  process.exit(3)
}

const here = import.meta.dirname
const cache = join(here, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'bench-'))
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const say = (line) => process.stderr.write(`  ${line}\n`)
const place = engines(folder, { scale: Number(values.scale), tenMillion: values['ten-million'] ?? false })
for (const name of names) {
  const missing = place.without(PARTS.get(name).needs ?? [])
  if (missing) say(`${name}: left out, since ${missing}`)
  else await part(name).catch((error) => failed(name, error))
}
await place.end()

/** The other parts are measured all the same. @param {string} name @param {unknown} error */
function failed(name, error) {
  console.error(`${name} failed:`, error)
  process.exitCode = 1
}

/** @param {string} name */
async function part(name) {
  const begun = performance.now()
  say(`${name} …`)
  const [title = '', ...lines] = await PARTS.get(name).run(place, say)
  const section = [`## ${title}`, ...lines, '', `${machine()}.`].join('\n')
  console.log(`${section}\n`)
  say(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`)
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
