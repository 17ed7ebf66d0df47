import { globSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, join, normalize, resolve } from 'node:path'
import { InputUnreadable, reasonOf } from '../errors.ts'

/** What an input is called for standard input. */
export const STANDARD_INPUT = '-'

const EVENTS = /\.(json|ndjson|jsonl|ya?ml)(\.gz)?$/i

/**
 * The files that these arguments name, each once: a file, a folder (its .json, .ndjson, .jsonl and .yaml files at any
 * depth, packed or not; no hidden folders, no node_modules, no links to folders), a glob, or `-`. @throws InputUnreadable where one names nothing
 */
export function findInputs(args: readonly string[]): readonly string[] {
  const files = args.flatMap(filesOf)
  return [...new Map(files.map((file) => [file === STANDARD_INPUT ? file : resolve(file), file])).values()]
}

function filesOf(arg: string): readonly string[] {
  if (arg === STANDARD_INPUT) return [arg]
  if (arg === '') throw new InputUnreadable('An empty name names no file. Is a variable of the shell empty?')
  const stats = statOf(arg)
  if (stats?.isDirectory()) return filesIn(arg)
  if (stats !== undefined) return [arg]
  if (!/[*?[{]/.test(arg)) throw new InputUnreadable(`There is no file or folder ${arg}. Mend the path.`)
  const isOut = (name: string): boolean =>
    !arg.includes('node_modules') && /(^|[\\/])node_modules$/.test(name)
  const matches = globSync(arg, { exclude: isOut })
  const found = matches.filter(isFileOfEvents).sort()
  if (found.length > 0) return found
  const mend =
    matches.length > 0
      ? `Only folders do: name one of them, or what is in it: ${arg}/**/*.json.`
      : 'Mend the pattern; in a shell put it in quotes.'
  throw new InputUnreadable(`No file matches ${arg}. ${mend}`)
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
      return EVENTS.test(entry.name) && (entry.isFile() || isFileOfEvents(path)) ? [normalize(path)] : []
    })
  } catch (error) {
    if (error instanceof InputUnreadable) throw error
    throw new InputUnreadable(`${folder} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

/** Not a folder; a link that leads nowhere is told where it is named like events, since a file is missing then. */
function isFileOfEvents(path: string): boolean {
  const stats = statOf(path)
  if (stats !== undefined) return stats.isFile()
  if (!EVENTS.test(path) || basename(path).startsWith('.')) return false
  throw new InputUnreadable(`${path} is a link that leads nowhere. Take it out, or mend it.`)
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw new InputUnreadable(`${path} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}
