import type { Finding, Level } from './finding.ts'

/** SARIF 2.1.0, as code scanning takes it. */
export function toSarif(findings: readonly Finding[]): string {
  const rules = new Map(findings.map((f) => [f.code, rule(f)]))
  const codes = [...rules.keys()].sort()
  const driver = { name: 'eventwright', rules: codes.map((code) => rules.get(code)) }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      { tool: { driver }, columnKind: 'utf16CodeUnits', results: findings.map((f) => result(f, codes)) },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function rule({ code, level, why }: Finding): object {
  return { id: code, shortDescription: { text: why }, defaultConfiguration: { level: sarifLevel(level) } }
}

function result(found: Finding, codes: readonly string[]): object {
  const { place } = found
  const region = { startLine: place.line, startColumn: place.column, endColumn: place.column + place.length }
  const base = {
    ruleId: found.code,
    ruleIndex: codes.indexOf(found.code),
    level: sarifLevel(found.level),
    message: { text: `${found.message} ${found.mend}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region } }],
  }
  if (found.suppressed === undefined) return base
  return { ...base, suppressions: [{ kind: 'inSource', justification: found.suppressed }] }
}

function sarifLevel(level: Level): 'error' | 'warning' {
  return level === 'warning' ? 'warning' : 'error'
}

function uriOf(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join('/')
}
