import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'

const worker = join(import.meta.dirname, 'worker.mjs')
const LONGEST = 300_000

/** @typedef {{ events: number, seconds: number, failed: number, unhandled: number, megabytes: number, error?: string }} Measured */

/**
 * @param {string} side @param {string} task @param {string} file @param {number} count
 * @returns {Promise<Measured>}
 */
export async function measure(side, task, file, count) {
  const env = { ...process.env, NODE_OPTIONS: '--conditions=@eventwright/source --no-warnings' }
  const child = spawn(process.execPath, [worker, side, task, file, String(count)], {
    cwd: join(import.meta.dirname, '..'), // Act reads the package.json of where it runs
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  })
  let said = ''
  let noise = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    noise = (noise + chunk).slice(-1000)
  })
  await once(child, 'close')
  const line = said.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{'))
    throw new Error(`${side} gave no result for ${task}: ${noise || said || 'it was ended'}`)
  return JSON.parse(line)
}

/** @param {Measured} measured */
export const rate = ({ events, seconds }) => events / seconds

/** The middle one of several rounds. @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
