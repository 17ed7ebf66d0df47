import { join } from 'node:path'
import process from 'node:process'
import { build } from '../build.mjs'
import { markdown, median } from '../report.mjs'
import { measured } from '../validate/measured.mjs'

const ROUNDS = 7
const root = join(import.meta.dirname, '../..')
const FLOW = join(root, 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml')
/** As it is published, and as it runs in the repository. */
const MAINS = {
  built: [join(root, 'packages/eventwright/dist/cli/main.js')],
  source: ['--conditions=@eventwright/source', join(root, 'packages/eventwright/src/cli/main.ts')],
}
const LINES = [
  { what: 'eventwright --help', args: ['--help'], aim: 0.15 },
  { what: 'the scenarios of the worked flow', args: ['run', FLOW], aim: 1 },
]

/** How long whole commands take, from the start of their process to its end. @param {unknown} _engines @param {(line: string) => void} say */
export async function starts(_engines, say) {
  build()
  const rows = [['node -e 0', 'node alone', ...(await timed(['-e', '0'])), '']]
  for (const { what, args, aim } of LINES) {
    for (const [form, main] of Object.entries(MAINS)) {
      const [milliseconds = '0'] = await timed([...main, ...args])
      say(`${what}, ${form}: ${milliseconds} ms`)
      const met = Number(milliseconds) <= aim * 1000
      rows.push([
        what,
        form,
        milliseconds,
        form === 'built' ? `aim ${met ? 'met' : 'missed'} (${aim * 1000} ms)` : '',
      ])
    }
  }
  return ['Whole commands', '', ...markdown(['command', 'form', 'ms', ''], rows)]
}

/** Milliseconds of the middle round. @param {readonly string[]} args @returns {Promise<[string]>} */
async function timed(args) {
  const seconds = []
  for (let round = 0; round < ROUNDS; round++) {
    const once = await measured(process.execPath, [...args])
    if (once.code !== 0) throw new Error(`${args.join(' ')} ended with ${once.code}: ${once.said}`)
    seconds.push(once.seconds)
  }
  return [(median(seconds) * 1000).toFixed(0)]
}
