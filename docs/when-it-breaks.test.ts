import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDocument, root } from './documents.ts'

const PAGE = 'docs/when-it-breaks.md'

/** The code of every class of errors in the sources of both packages. */
function codesInSources(): ReadonlySet<string> {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (path) => !/\.test\.ts$|fixtures/.test(path),
  )
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(/^ {2}readonly code = '([A-Za-z]+)'$/gm)].map(([, code = '']) => code)
  })
  return new Set(found)
}

/** The sections that are about a code, with what stands in them. */
function sections(): ReadonlyMap<string, string> {
  const { text } = readDocument(PAGE)
  const parts = text.split(/^#### /m).slice(1)
  return new Map(
    parts.map((part) => {
      const [heading = '', ...lines] = part.split('\n')
      return [/^`(\w+)`$/.exec(heading)?.[1] ?? heading, lines.join('\n')] as const
    }),
  )
}

test('every error code has a section, and no section is about a code that is gone', () => {
  const [there, told] = [codesInSources(), new Set(sections().keys())]
  assert.ok(there.size > 50, 'the classes were found')
  assert.deepEqual([...there.difference(told)], [], `${PAGE} has no section for these`)
  assert.deepEqual([...told.difference(there)], [], `${PAGE} has a section for these, and no class has them`)
})

test('each section says what happened and what to do', () => {
  const incomplete = [...sections()].filter(
    ([, text]) => !/^\n- What happened: \S.+\.\n- What to do: \S.+[.)]\n/.test(text),
  )
  assert.deepEqual(incomplete, [])
})
