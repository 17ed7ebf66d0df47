import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const TINY = `# tiny

## Overview

\`\`\`mermaid
flowchart LR
  actor_user(["user"])
  actor_outside(["outside"])
  subgraph service_workshop["workshop"]
    aggregate_Thing["Thing"]
  end
  topic_workshop[("tiny.workshop")]
  actor_user -->|"Make"| aggregate_Thing
  aggregate_Thing ==> topic_workshop
  topic_workshop -.->|"Made"| actor_outside
\`\`\`

## Aggregates

### Thing

\`\`\`mermaid
stateDiagram-v2
  state "made" as in_made
  [*] --> in_made : Make / Made
  in_made --> [*]
\`\`\`

## Scenarios

### it is made

\`\`\`mermaid
sequenceDiagram
  actor actor_user as user
  participant service_workshop as workshop
  actor_user->>service_workshop: Make (thingId)
  service_workshop-->>service_workshop: Made (thingId)
\`\`\`
`

test('a flow is drawn as one Markdown document, and nothing else is on standard output', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const { code, stdout, stderr } = await eventwright(['draw', 'tiny.yaml'], { cwd })
  assert.equal(stdout, TINY)
  assert.equal(stderr, '')
  assert.equal(code, 0)
})

test('what is chosen is drawn, and no more; one diagram may stand bare', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const draw = (...args: readonly string[]) => eventwright(['draw', 'tiny.yaml', ...args], { cwd })
  const headings = (text: string): readonly string[] =>
    text.split('\n').filter((line) => line.startsWith('#'))
  const both = await draw('--only', 'overview', '--scenario', 'it is made')
  assert.deepEqual(headings(both.stdout), ['# tiny', '## Overview', '## Scenarios', '### it is made'])
  const one = await draw('--aggregate', 'Thing')
  assert.deepEqual(headings(one.stdout), ['# tiny', '## Aggregates', '### Thing'])
  const bare = await draw('--aggregate', 'Thing', '--format', 'mermaid')
  assert.match(bare.stdout, /^stateDiagram-v2\n[^`]*\n$/)
  const three = await draw('--format', 'mermaid')
  assert.match(three.stderr, /prints one diagram, and this would be 3\. Choose one with --only overview, /)
  assert.deepEqual([three.code, three.stdout], [3, ''])
})

test('a name that the flow has not is a usage error that says what it has', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const near = await eventwright(['draw', 'tiny.yaml', '--aggregate', 'Thin'], { cwd })
  assert.equal(near.stderr, 'eventwright: tiny.yaml has no aggregate "Thin". Did you mean `Thing`?\n')
  const far = await eventwright(['draw', 'tiny.yaml', '--scenario', 'nothing like that'], { cwd })
  assert.match(
    far.stderr,
    /^eventwright: tiny\.yaml has no scenario "nothing like that"\. Use one of `it is made`/,
  )
  const kind = await eventwright(['draw', 'tiny.yaml', '--only', 'sagas'], { cwd })
  assert.match(kind.stderr, /Allowed choices are overview, aggregates, scenarios/)
  for (const { code, stdout } of [near, far, kind]) assert.deepEqual([code, stdout], [3, ''])
})

test('--out writes a file each, over those of the last time, and leaves other files alone', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  mkdirSync(join(cwd, 'pictures'))
  writeFileSync(join(cwd, 'pictures', 'overview.mmd'), 'old')
  writeFileSync(join(cwd, 'pictures', 'mine.txt'), 'mine')
  const { code, stdout } = await eventwright(['draw', 'tiny.yaml', '--out', 'pictures'], { cwd })
  assert.equal(stdout, 'overview.mmd\naggregate-Thing.mmd\nscenario-it-is-made.mmd\n')
  assert.equal(code, 0)
  assert.match(readFileSync(join(cwd, 'pictures', 'overview.mmd'), 'utf8'), /^flowchart LR\n/)
  assert.deepEqual(readdirSync(join(cwd, 'pictures')).sort(), [
    'aggregate-Thing.mmd',
    'mine.txt',
    'overview.mmd',
    'scenario-it-is-made.mmd',
  ])
  await eventwright(['draw', 'tiny.yaml', '--out', 'pages', '--format', 'markdown'], { cwd })
  assert.match(
    readFileSync(join(cwd, 'pages', 'aggregate-Thing.md'), 'utf8'),
    /^# Thing\n\n```mermaid\nstateDiagram-v2\n/,
  )
})

test('where a file or a folder is in the way nothing is written', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow(), 'a-file': '' })
  const taken = await eventwright(['draw', 'tiny.yaml', '--out', 'a-file'], { cwd })
  assert.equal(taken.stderr, 'eventwright: a-file is there, and is no folder. Name another.\n')
  mkdirSync(join(cwd, 'pictures', 'aggregate-Thing.mmd'), { recursive: true })
  const inside = await eventwright(['draw', 'tiny.yaml', '--out', 'pictures'], { cwd })
  assert.match(inside.stderr, /^eventwright: pictures.aggregate-Thing\.mmd is a folder\. /)
  for (const { code, stdout } of [taken, inside]) assert.deepEqual([code, stdout], [3, ''])
  assert.deepEqual(readdirSync(join(cwd, 'pictures')), ['aggregate-Thing.mmd'])
})

test('a scenario that fails is drawn as it happened, and standard error says how to see why', async (t) => {
  const flow = tinyFlow()
    .replace('events: [Made]', 'events: []')
    .replace('it is made', '"it is *not* `made`"')
  const cwd = folderWith(t, { 'tiny.yaml': flow })
  const { code, stdout, stderr } = await eventwright(['draw', 'tiny.yaml', '--only', 'scenarios'], { cwd })
  assert.equal(code, 1)
  assert.match(
    stdout,
    /### it is \\\*not\\\* \\`made\\`\n[\s\S]*service_workshop-->>service_workshop: Made \(thingId\)/,
  )
  assert.equal(
    stderr,
    'eventwright: "it is *not* `made`" fails. Its picture shows what happened; what should have is told by: eventwright run tiny.yaml --scenario "it is *not* `made`"\n',
  )
})

test('a flow with errors is not drawn', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow('emit: Mad') })
  const { code, stdout, stderr } = await eventwright(['draw', 'tiny.yaml'], { cwd })
  assert.match(stderr, /unknown-event/)
  assert.deepEqual([code, stdout], [1, ''])
})
