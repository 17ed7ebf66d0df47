import type { Diagram } from '../flow/index.ts'

export const DRAW_FORMATS = ['markdown', 'mermaid'] as const
export type DrawFormat = (typeof DRAW_FORMATS)[number]

const PARTS = [
  ['aggregate', 'Aggregates'],
  ['scenario', 'Scenarios'],
] as const

/** Diagrams as one document: under headings in Markdown, which GitHub and GitLab show as pictures; else bare. */
export function drawnText(format: DrawFormat, flow: string, diagrams: readonly Diagram[]): string {
  if (format === 'mermaid') return diagrams.map(({ text }) => text).join('\n')
  const overview = diagrams.filter(({ kind }) => kind === 'overview')
  return [
    heading(1, flow),
    ...overview.flatMap(({ text }) => [heading(2, 'Overview'), fenced(text)]),
    ...PARTS.flatMap(([part, title]) => {
      const own = diagrams.filter(({ kind }) => kind === part)
      return own.length === 0 ? [] : [heading(2, title), ...own.flatMap(section)]
    }),
  ].join('\n')
}

/** A diagram as a file of its own. */
export function fileOf(
  format: DrawFormat,
  diagram: Diagram,
): { readonly path: string; readonly text: string } {
  const { file, name, text } = diagram
  if (format === 'mermaid') return { path: `${file}.mmd`, text }
  return { path: `${file}.md`, text: `${heading(1, name)}\n${fenced(text)}` }
}

function section({ name, text }: Diagram): readonly string[] {
  return [heading(3, name), fenced(text)]
}

// What Markdown would take for its own is escaped.
function heading(level: number, text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\\`*_{}[\]()<>#!|&~]/g, '\\$&')
  return `${'#'.repeat(level)} ${line}\n`
}

function fenced(text: string): string {
  return `\`\`\`mermaid\n${text}\`\`\`\n`
}
