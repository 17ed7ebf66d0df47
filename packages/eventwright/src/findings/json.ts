import type { Finding } from './finding.ts'

/** One JSON document: `{ findings: […] }`. */
export function toJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ findings: findings.map(record) }, null, 2)}\n`
}

/** One JSON object a line. */
export function toNdjson(findings: readonly Finding[]): string {
  return findings.map((found) => `${JSON.stringify(record(found))}\n`).join('')
}

function record(found: Finding): object {
  const { place, excerpt: _, ...rest } = found
  return { ...place, ...rest }
}
