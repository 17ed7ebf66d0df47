import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Markdown, readMarkdown } from './markdown.ts'

export const root: string = join(import.meta.dirname, '..')

/** A Markdown file of the repository; `path` is from the root. */
export interface Document extends Markdown {
  readonly path: string
  readonly text: string
}

/** One document. */
export function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, ...readMarkdown(text) }
}

/** Every Markdown file of the repository. */
export function documents(): readonly Document[] {
  const skipped = (path: string): boolean =>
    /(^|[\\/])(node_modules|dist|\.git|packages[\\/]eventwright[\\/]skills)$/.test(path)
  const paths = globSync('**/*.md', { cwd: root, exclude: skipped })
  return paths
    .map((path) => readDocument(path.replaceAll('\\', '/')))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
