import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Finding, FORMATS, finding, formatFindings, suppress } from './index.ts'

const sources = new Map([
  ['a b/shop.yaml', 'name: shop\n\tfinal: <placed> & "x"\n'],
  ['fine.yaml', 'name: fine\n'],
])
const place = { file: 'a b/shop.yaml', line: 2, column: 9, length: 8 }
const found = finding(
  'unknown-state',
  place,
  'No event leads to `<placed>` & "x", 100%.',
  'Did you mean `placed`?',
)
const allowed: Finding = {
  ...finding('state-without-exit', place, 'No way out.', 'Add it.'),
  suppressed: 'orders stay',
}

test('text shows the line with a caret under the place, the reason and the mend', () => {
  assert.equal(
    formatFindings('text', [found], sources),
    [
      'a b/shop.yaml:2:9 error unknown-state',
      '  No event leads to `<placed>` & "x", 100%.',
      '    2 | \tfinal: <placed> & "x"',
      '      | \t       ^^^^^^^^',
      '  why:  The states of an aggregate are those that its events lead `to`, and `none`.',
      '  mend: Did you mean `placed`?',
      '',
    ].join('\n'),
  )
})

test('json and ndjson carry every part of a finding', () => {
  const [whole] = (JSON.parse(formatFindings('json', [found, allowed], sources)) as { findings: object[] })
    .findings
  const [line, second, end] = formatFindings('ndjson', [found, allowed], sources).split('\n')
  assert.deepEqual(whole, {
    ...place,
    code: 'unknown-state',
    level: 'error',
    message: found.message,
    why: found.why,
    mend: found.mend,
  })
  assert.deepEqual(JSON.parse(line ?? ''), whole)
  assert.equal((JSON.parse(second ?? '') as { suppressed?: string }).suppressed, 'orders stay')
  assert.equal(end, '')
})

test('sarif names each rule once, escapes the path, and carries suppressions with their reason', () => {
  type Log = {
    version: string
    runs: {
      tool: { driver: { rules: { id: string }[] } }
      results: {
        ruleId: string
        ruleIndex: number
        suppressions?: { justification: string }[]
        locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[]
      }[]
    }[]
  }
  const log = JSON.parse(formatFindings('sarif', [found, found, allowed], sources)) as Log
  const run = log.runs[0]
  assert.equal(log.version, '2.1.0')
  assert.deepEqual(
    run?.tool.driver.rules.map((r) => r.id),
    ['state-without-exit', 'unknown-state'],
  )
  assert.equal(run?.results[0]?.ruleIndex, 1)
  assert.deepEqual(run?.results[0]?.locations[0]?.physicalLocation, {
    artifactLocation: { uri: 'a%20b/shop.yaml' },
    region: { startLine: 2, startColumn: 9, endColumn: 17 },
  })
  assert.equal(run?.results[2]?.suppressions?.[0]?.justification, 'orders stay')
})

test('github writes one workflow command a finding, escaped, and leaves out what is allowed', () => {
  assert.equal(
    formatFindings('github', [found, allowed], sources),
    '::error file=a b/shop.yaml,line=2,col=9,endColumn=17,title=unknown-state::No event leads to `<placed>` & "x", 100%25.%0AThe states of an aggregate are those that its events lead `to`, and `none`.%0ADid you mean `placed`?\n',
  )
})

test('junit fails a case for each finding, skips what is allowed, and passes a file without any', () => {
  const xml = formatFindings('junit', [found, allowed], sources)
  assert.match(xml, /<testsuites name="eventwright" tests="3" failures="1">/)
  assert.match(
    xml,
    /<failure type="unknown-state" message="No event leads to `&lt;placed&gt;` &amp; &quot;x&quot;, 100%\.">/,
  )
  assert.match(xml, /<skipped message="orders stay"\/>/)
  assert.match(xml, /<testcase classname="fine\.yaml" name="check"\/>/)
})

test('gitlab gives equal findings different fingerprints, that stay when lines move', () => {
  type Issue = { fingerprint: string; severity: string; location: { lines: { begin: number } } }
  const issues = JSON.parse(formatFindings('gitlab', [found, found, allowed], sources)) as Issue[]
  const moved = JSON.parse(
    formatFindings('gitlab', [{ ...found, place: { ...place, line: 9 } }], sources),
  ) as Issue[]
  assert.equal(issues.length, 2)
  assert.notEqual(issues[0]?.fingerprint, issues[1]?.fingerprint)
  assert.equal(issues[0]?.fingerprint, moved[0]?.fingerprint)
  assert.equal(issues[0]?.severity, 'major')
})

test('every format takes no findings at all', () => {
  for (const format of FORMATS) assert.equal(typeof formatFindings(format, [], sources), 'string')
})

test('a suppression holds for its own line or the next, needs a reason, and never hides what is broken', () => {
  const text = '# eventwright: allow unknown-state because it comes later\nfinal: placed\n'
  const one = finding('unknown-state', { file: 'f', line: 2, column: 1, length: 5 }, 'm', 'n')
  const broken = finding('unknown-key', { file: 'f', line: 2, column: 1, length: 5 }, 'm', 'n')
  assert.equal(suppress([one], new Map([['f', text]]))[0]?.suppressed, 'it comes later')
  const without = suppress([one], new Map([['f', 'x\nfinal: placed # eventwright: allow unknown-state\n']]))
  assert.deepEqual(
    without.map((f) => [f.code, f.suppressed]),
    [
      ['unknown-state', undefined],
      ['suppression-without-reason', undefined],
    ],
  )
  const key = '# eventwright: allow unknown-key because no\nfinal: placed\n'
  assert.deepEqual(
    suppress([broken], new Map([['f', key]])).map((f) => f.suppressed ?? f.code),
    ['unknown-key', 'suppression-unused'],
  )
})
