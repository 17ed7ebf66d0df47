import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readDocument } from './documents.ts'
import type { Fence } from './markdown.ts'
import { masked } from './output.ts'
import { workshop } from './workshop.ts'

/**
 * The steps of the document, one after the other in one folder, as a reader does them: files are written
 * (`file=`) or written on (`append=`), commands are run by a shell (`sh`, which leaves the folder where `cd` went),
 * and what they print is compared (`text output`). Only the install has a stand-in: the packages of this
 * repository, where npm would put them.
 */
const INSTALL = 'ln -s ../node_modules node_modules'

const place = workshop()
after(() => place.dispose())
let folder = place.folder

const { path, fences } = readDocument('docs/getting-started.md')
for (const [index, fence] of fences.entries()) {
  const { language, options, line } = fence
  if (language === 'text') continue
  const expected = fences[index + 1]?.options.has('output') ? fences[index + 1] : undefined
  test(`${path}:${line} ${firstLine(fence)}`, () => {
    if (language === 'sh') runStep(fence, expected)
    else if (options.has('append')) appendFileSync(join(folder, options.get('append') ?? ''), fence.text)
    else writeFileSync(join(folder, options.get('file') ?? ''), fence.text)
  })
}

function runStep({ text, options }: Fence, expected: Fence | undefined): void {
  const trace = join(place.folder, 'trace')
  const commands = options.has('stand-in') ? INSTALL : text
  const script = `exec 2>&1\ncd '${folder}'\n${commands}\ncode=$?\npwd > '${trace}'\nexit $code`
  const { stdout, status } = place.run('sh', ['-c', script])
  if (expected) assert.equal(masked(stdout), masked(expected.text))
  assert.equal(status, Number(options.get('exit') ?? 0), stdout)
  folder = readFileSync(trace, 'utf8').trim()
}

function firstLine({ language, options, text }: Fence): string {
  const file = options.get('file') ?? options.get('append')
  return file === undefined ? `$ ${text.split('\n')[0]}` : `${language} ${file}`
}
