import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { test } from 'node:test'
import { type Document, documents, root } from './documents.ts'

const all = documents()
const byPath = new Map(all.map((document) => [document.path, document]))

test('every relative link leads to a file or folder that is there, and its anchor to a heading', () => {
  assert.deepEqual(all.flatMap(brokenLinks), [])
})

test('a link of a package’s README works where npm shows it', () => {
  const readmes = all.filter(({ path }) => /^packages\/[^/]+\/README\.md$/.test(path))
  assert.equal(readmes.length, 2)
  const leaving = readmes.flatMap(({ path, links }) =>
    links.filter(({ target }) => !/^(https?:|#)/.test(target)).map(({ target }) => `${path}: ${target}`),
  )
  assert.deepEqual(leaving, [], 'a tarball holds nothing to link to')
})

function brokenLinks(document: Document): readonly string[] {
  return document.links
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .flatMap(({ target, line }) => {
      const why = faultOf(document, target)
      return why === undefined ? [] : [`${document.path}:${line}: ${target}: ${why}`]
    })
}

function faultOf({ path, headings }: Document, link: string): string | undefined {
  const [target = '', anchor] = link.split('#')
  const file = target === '' ? path : posix.normalize(posix.join(posix.dirname(path), target))
  if (file.startsWith('..') || !existsSync(join(root, file))) return 'is not there'
  if (anchor === undefined) return undefined
  if (statSync(join(root, file)).isDirectory()) return 'a folder has no headings'
  const there = target === '' ? headings : byPath.get(file)?.headings
  return there?.some((heading) => heading.anchor === anchor) ? undefined : 'has no such heading'
}
