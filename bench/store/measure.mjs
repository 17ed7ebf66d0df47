import { join } from 'node:path'
import { started } from '../child.mjs'

const worker = join(import.meta.dirname, 'worker.mjs')
// Act reads the package.json of where it runs.
const cwd = join(import.meta.dirname, '..')

/**
 * One side's task in a process of its own, which waits until it is told to go.
 * @param {string} side of `sides/`, with its engine: `sqlite/raw` @param {string} task
 * @param {string} place a file or URL @param {number} count @param {number} [stored] events that stand there already
 */
export function begun(side, task, place, count, stored = 0) {
  return started([worker, side, task, place, String(count), String(stored)], { cwd })
}

/**
 * The same, at once.
 * @param {Parameters<typeof begun>} task
 * @returns {Promise<import('../report.mjs').Measured>}
 */
export function measure(...task) {
  const { go, result } = begun(...task)
  go()
  return result
}
