import type { Finding, Sources } from './finding.ts'
import { toGithub } from './github.ts'
import { toGitlab } from './gitlab.ts'
import { toJson, toNdjson } from './json.ts'
import { toJunit } from './junit.ts'
import { toSarif } from './sarif.ts'
import { toText } from './text.ts'

/** How findings can be printed. */
export type Format = 'text' | 'json' | 'ndjson' | 'sarif' | 'github' | 'junit' | 'gitlab'

/** All formats, the default first. */
export const FORMATS: readonly Format[] = ['text', 'json', 'ndjson', 'sarif', 'github', 'junit', 'gitlab']

const PRINT: Readonly<Record<Format, (findings: readonly Finding[], sources: Sources) => string>> = {
  text: toText,
  json: toJson,
  ndjson: toNdjson,
  sarif: toSarif,
  github: toGithub,
  junit: toJunit,
  gitlab: toGitlab,
}

/** The findings in a format, ending in a line break; text, ndjson and github are empty where there is none. */
export function formatFindings(format: Format, findings: readonly Finding[], sources: Sources): string {
  return PRINT[format](findings, sources)
}
