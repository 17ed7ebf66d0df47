import { globSync, readdirSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { InputUnreadable, reasonOf } from '../errors.ts'

/** What an input is called for standard input. */
export const STANDARD_INPUT = '-'

const EVENTS = /\.(json|ndjson|jsonl|ya?ml)(\.gz)?$/i

/**
 * The files that these arguments name, each once: a file, a folder (its .json, .ndjson, .jsonl and .yaml files at any
 * depth, packed or not; no hidden folders, no node_modules), a glob, or `-`. @throws InputUnreadable where one names nothing
 */
export function findInputs(args: readonly string[]): readonly string[] {
  return [...new Set(args.flatMap(filesOf))]
}

function filesOf(arg: string): readonly string[] {
  if (arg === STANDARD_INPUT) return [arg]
  const stats = statSync(arg, { throwIfNoEntry: false })
  if (stats?.isDirectory()) return filesIn(arg)
  if (stats !== undefined) return [arg]
  if (!/[*?[{]/.test(arg)) throw new InputUnreadable(`There is no file or folder ${arg}. Mend the path.`)
  const found = globSync(arg, { exclude: (name) => /(^|[\\/])node_modules$/.test(name) })
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .sort()
  if (found.length === 0)
    throw new InputUnreadable(`No file matches ${arg}. Mend the pattern; in a shell put it in quotes.`)
  return found
}

function filesIn(folder: string): readonly string[] {
  const found = walk(folder).sort()
  if (found.length > 0) return found
  throw new InputUnreadable(
    `The folder ${folder} holds no file with events (.json, .ndjson, .jsonl, .yaml, .yml, or one of them with .gz).`,
  )
}

function walk(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory())
        return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : walk(path)
      const isFile = entry.isFile() || statSync(path, { throwIfNoEntry: false })?.isFile() === true
      return isFile && EVENTS.test(entry.name) ? [normalize(path)] : []
    })
  } catch (error) {
    throw new InputUnreadable(`${folder} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}
