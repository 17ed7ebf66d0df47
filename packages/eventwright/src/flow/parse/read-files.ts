import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import type { Report } from '../findings/index.ts'
import type { Place } from '../model/index.ts'
import { FLOW_SHAPE } from '../shape/index.ts'
import { FlowFileError } from './errors.ts'
import { checkShape } from './shape-check.ts'
import { at, itemsOf, parseTree, type Tree, textOf } from './tree.ts'

/** A flow file may have this many bytes; a hand-written one is a hundredth of that. */
export const SIZE_LIMIT = 2_000_000

/** A file that was read, in the order of reading. */
export type FlowFile = { readonly file: string; readonly text: string; readonly tree?: Tree }

/**
 * Reads the named files and whatever they import, each once. A named file that cannot be read throws
 * `FlowFileError`; an imported one is a finding at its `import`.
 */
export async function readFiles(named: readonly string[], report: Report): Promise<FlowFile[]> {
  const files = new Map<string, FlowFile>()
  const queue: { file: string; from?: Place }[] = named.map((file) => ({ file: normalize(file) }))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (files.has(next.file)) continue
    const text = await textOrFinding(next.file, next.from, report)
    if (text === undefined) continue
    const tree = parseTree(next.file, text, report)
    files.set(next.file, tree === undefined ? { file: next.file, text } : { file: next.file, text, tree })
    if (tree === undefined) continue
    checkShape(tree, FLOW_SHAPE, report)
    queue.push(...importsOf(next.file, tree))
  }
  return [...files.values()]
}

function importsOf(file: string, tree: Tree): { file: string; from: Place }[] {
  return itemsOf(at(tree, 'import')).flatMap((item) => {
    const name = textOf(item)
    if (name === undefined) return []
    return [{ file: isAbsolute(name) ? name : normalize(join(dirname(file), name)), from: item.place }]
  })
}

async function textOrFinding(
  file: string,
  from: Place | undefined,
  report: Report,
): Promise<string | undefined> {
  try {
    return await readText(file)
  } catch (error) {
    if (from === undefined || !(error instanceof FlowFileError)) throw error
    report('import-unreadable', from, error.message, 'Name a flow file, relative to this one.')
    return undefined
  }
}

/** The text of a file of at most `SIZE_LIMIT` bytes. */
export async function readText(file: string): Promise<string> {
  const info = await stat(file).catch((error: unknown) => {
    throw new FlowFileError(file, reasonOf(file, error), { cause: error })
  })
  if (info.isDirectory()) throw new FlowFileError(file, `${file} is a directory: name the flow file in it.`)
  if (info.size > SIZE_LIMIT) {
    const size = (info.size / 1_000_000).toFixed(1)
    throw new FlowFileError(
      file,
      `${file} has ${size} MB, and a flow file at most ${SIZE_LIMIT / 1_000_000} MB: split it, with \`import:\`.`,
    )
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FlowFileError(file, reasonOf(file, error), { cause: error })
  })
  // A byte order mark would shift the first line's columns.
  return text.replace(/^\uFEFF/, '')
}

function reasonOf(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return `There is no file ${file}: check the path, or the directory you are in.`
  if (code === 'EACCES') return `${file} may not be read: check its permissions.`
  return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`
}
