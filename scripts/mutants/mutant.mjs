/**
 * One guard taken out. `find` stands exactly once in `file`; keep it short, so that it outlives changes around it.
 * @typedef {{ file: string, find: string, replace: string }} Edit
 */

/**
 * The test file that must turn red, and those of its tests that must: a kill for another reason is none.
 * @typedef {{ file: string, tests: readonly string[] }} Killer
 */

/** @typedef {{ name: string, why: string, edits: readonly Edit[], killedBy: Killer }} Mutant */

/**
 * @param {string} file
 * @param {string} text what stands in it
 * @param {Edit} edit
 * @returns {string} the text with the guard taken out
 */
export function edited(file, text, { find, replace }) {
  const [before, after, ...more] = text.split(find)
  if (after === undefined)
    throw new Error(`${file} does not hold ${quoted(find)}: name the guard as it is now`)
  if (more.length > 0) throw new Error(`${file} holds ${quoted(find)} more than once: name more of it`)
  return before + replace + after
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
