import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Document, documents, root } from './documents.ts'
import type { Fence } from './markdown.ts'
import { masked } from './output.ts'
import { workshop } from './workshop.ts'

/**
 * What may stand behind the three backticks. `ts`: a module, type-checked; `file=NAME`: under that name, so that
 * later ones import it; `run`: it is run, and the `text output` right below is what it prints; `test`: its tests
 * pass. `yaml flow` is checked by flow-file.test.ts, `sh` by shell.test.ts, `sql` by sql.test.ts, `mermaid` by draw.test.ts;
 * `java`, `text trace`, `properties` and `xml` by scripts/skill/kafka-streams-dsl.test.mjs, which reads one document. Plain `text` is not checked.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  ts: ['run', 'test', 'file'],
  yaml: ['flow', 'at', 'finds', 'fails', 'file', 'append'],
  sh: ['stand-in', 'exit'],
  sql: [],
  text: ['output', 'trace', 'times'],
  json: ['file'],
  mermaid: [],
  java: ['imports', 'class', 'program', 'compiled'],
  properties: [],
  xml: [],
  '': [],
}

const STREAMS = 'skills/building-event-driven-architecture/references/kafka-streams-dsl.md'

const place = workshop()
after(() => place.dispose())
const all = documents()
for (const document of all) {
  for (const fence of snippets(document)) place.write(fileOf(document, fence), moduleOf(fence))
  for (const fence of document.fences.filter(isData)) place.write(fileOf(document, fence), fence.text)
}

test('every fenced block says what it is', () => {
  const strange = all.flatMap(({ path, fences }) =>
    fences.filter(isStrange).map(({ line, language }) => `${path}:${line}: \`${language}\``),
  )
  assert.deepEqual(strange, [])
})

test('what only the Kafka Streams reference is checked for stands nowhere else', () => {
  const elsewhere = all
    .filter(({ path }) => path !== STREAMS)
    .flatMap(({ path, fences }) => fences.filter(isOfStreams).map(({ line }) => `${path}:${line}`))
  assert.deepEqual(elsewhere, [])
})

test('every TypeScript snippet passes the type check, under the options of this repository', () => {
  assert.ok(all.flatMap(snippets).length > 0, 'there are snippets')
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      declaration: false,
      isolatedDeclarations: false,
      customConditions: ['@eventwright/source'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['**/*.ts'],
    exclude: ['node_modules'],
  }
  place.write('tsconfig.json', JSON.stringify(config))
  const { stdout, status } = place.run('tsc', ['-p', 'tsconfig.json', '--pretty', 'false'])
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

for (const document of all) {
  for (const [index, fence] of document.fences.entries()) {
    if (fence.language !== 'ts' || !fence.options.has('run')) continue
    test(`${document.path}:${fence.line} runs and prints what it says`, () => {
      const next = document.fences[index + 1]
      if (!next?.options.has('output')) throw new Error('A `text output` must follow.')
      const { stdout, stderr, status } = place.run('node', [nameOf(fence)], folderOf(document))
      assert.equal(masked(stderr), '')
      assert.equal(masked(stdout), masked(next.text))
      assert.equal(status, 0)
    })
  }
}

for (const document of all) {
  for (const fence of snippets(document).filter(({ options }) => options.has('test'))) {
    test(`${document.path}:${fence.line} is a test that passes`, () => {
      const { stdout, status } = place.run('node', ['--test', nameOf(fence)], folderOf(document))
      assert.match(stdout, /pass [1-9]/)
      assert.equal(status, 0, stdout)
    })
  }
}

function isStrange({ language, options }: Fence): boolean {
  const known = KNOWN[language]
  return known === undefined || [...options.keys()].some((option) => !known.includes(option))
}

function isOfStreams({ language, options }: Fence): boolean {
  return ['java', 'properties', 'xml'].includes(language) || options.has('trace')
}

function isData({ language, options }: Fence): boolean {
  return language === 'json' && options.has('file')
}

function snippets({ fences }: Document): readonly Fence[] {
  return fences.filter(({ language }) => language === 'ts')
}

/** A document's snippets stand in a folder of their own, named by the line at which they begin. */
function folderOf({ path }: Document): string {
  return path.replaceAll('/', '-')
}

function fileOf(document: Document, fence: Fence): string {
  return join(folderOf(document), nameOf(fence))
}

function nameOf({ options, line }: Fence): string {
  return options.get('file') ?? `line-${line}.ts`
}

/** Without an import or an export it would be a script, whose names all scripts share. */
function moduleOf({ text }: Fence): string {
  return /^(import|export) /m.test(text) ? text : `${text}\nexport {}\n`
}
