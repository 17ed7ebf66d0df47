import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { helpOf } from './command-help.ts'
import { documents, root } from './documents.ts'

test('every script and command in a shell block is there, with its options', async () => {
  const lines = documents().flatMap(({ path, fences }) =>
    fences
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text, line }) => text.split('\n').map((words) => ({ words, place: `${path}:${line}` }))),
  )
  assert.ok(lines.some(({ words }) => words.startsWith('npx eventwright')))
  const faults: string[] = []
  for (const { words, place } of lines)
    for (const fault of await faultsOf(words)) faults.push(`${place}: ${fault}`)
  assert.deepEqual(faults, [])
})

async function faultsOf(line: string): Promise<readonly string[]> {
  const [program, ...words] = (line.split('#')[0] ?? '').trim().split(/\s+/)
  if (program === 'npm') return scriptFaults(words)
  if (program !== 'npx' || words[0] !== 'eventwright') return []
  const [, command = '', ...rest] = words
  const help = await helpOf(command)
  if (help === undefined) return [`there is no command ${command}`]
  return rest
    .filter((word) => word.startsWith('--') && !help.includes(`${word} `))
    .map((option) => `${command} has no option ${option}`)
}

/** `npm start`, `npm test` and `npm run NAME`; npm's other verbs are its own. */
function scriptFaults([verb = '', name = '']: readonly string[]): readonly string[] {
  const script = verb === 'run' ? name : verb
  if (verb !== 'run' && verb !== 'start' && verb !== 'test') return []
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  return script in scripts ? [] : [`there is no script ${script}`]
}
