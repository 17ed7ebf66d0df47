import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { edited } from './mutant.mjs'

/**
 * @param {string} folder the copy
 * @param {import('./mutant.mjs').Mutant} mutant
 * @returns {() => void} makes the copy whole again
 */
export function breakCopy(folder, { edits }) {
  /** @type {Map<string, string>} */
  const whole = new Map()
  for (const edit of edits) {
    const path = join(folder, edit.file)
    const text = readFileSync(path, 'utf8')
    if (!whole.has(path)) whole.set(path, text)
    writeFileSync(path, edited(edit.file, text, edit))
  }
  return () => {
    for (const [path, text] of whole) writeFileSync(path, text)
  }
}
