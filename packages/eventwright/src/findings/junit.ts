import type { Finding, Sources } from './finding.ts'
import { toText } from './text.ts'

/** JUnit XML: a test suite for each file, a failed case for each finding; a file without one passes. */
export function toJunit(findings: readonly Finding[], sources: Sources): string {
  const suites = [...sources.keys()].map((file) =>
    suite(
      file,
      findings.filter((f) => f.place.file === file),
      sources,
    ),
  )
  const failures = findings.filter((f) => f.suppressed === undefined).length
  const head = `<testsuites name="eventwright" tests="${suites.reduce((n, s) => n + s.tests, 0)}" failures="${failures}">`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    head,
    ...suites.map((s) => s.xml),
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(file: string, findings: readonly Finding[], sources: Sources): { tests: number; xml: string } {
  const cases = findings.map((found) => testCase(found, sources))
  if (cases.length === 0) cases.push(`    <testcase classname="${xml(file)}" name="check"/>`)
  const failures = findings.filter((f) => f.suppressed === undefined).length
  const head = `  <testsuite name="${xml(file)}" tests="${cases.length}" failures="${failures}">`
  return { tests: cases.length, xml: [head, ...cases, '  </testsuite>'].join('\n') }
}

function testCase(found: Finding, sources: Sources): string {
  const { place, code, message } = found
  const open = `    <testcase classname="${xml(place.file)}" name="${xml(`${code} at ${place.line}:${place.column}`)}">`
  const body =
    found.suppressed === undefined
      ? `      <failure type="${code}" message="${xml(message)}">${xml(toText([found], sources))}</failure>`
      : `      <skipped message="${xml(found.suppressed)}"/>`
  return [open, body, '    </testcase>'].join('\n')
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '\uFFFD')
}
