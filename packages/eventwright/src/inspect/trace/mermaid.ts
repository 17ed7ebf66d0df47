import { mermaidLabel } from '../../flow/index.ts'
import { timeText } from '../log/line.ts'
import { type Moment, momentsOf, type Part } from './moments.ts'
import type { Trace } from './trace.ts'

/** Conversations as one sequence diagram in Mermaid's language; with `services`, each part names its own. */
export function traceMermaid(traces: readonly Trace[], { services }: { readonly services: boolean }): string {
  const told = traces.map(({ roots, begun }) => momentsOf(roots, begun))
  const parts = partsOf(told.flat())
  const lines = [...parts.values()].map(
    ({ id, part }) =>
      `${part.kind === 'outside' ? 'actor' : 'participant'} ${id} as ${mermaidLabel(nameOf(part, services))}`,
  )
  const ends = [...parts.values()].map(({ id }) => id)
  for (const [index, { correlationId, begun }] of traces.entries()) {
    const over = [...new Set([ends[0], ends.at(-1)])].join(',')
    lines.push(`Note over ${over}: ${mermaidLabel(`conversation ${correlationId}, ${timeText(begun)}`)}`)
    lines.push(...(told[index] ?? []).map((moment) => lineOf(moment, parts)))
  }
  return ['sequenceDiagram', ...lines.map((line) => `  ${line}`), ''].join('\n')
}

type Parts = ReadonlyMap<string, { readonly id: string; readonly part: Part }>

/** Each once, somebody outside first, else as they appear. */
function partsOf(moments: readonly Moment[]): Parts {
  const all = moments.flatMap((moment) => (moment.kind === 'note' ? [moment.over] : [moment.from, moment.to]))
  const inOrder = [
    ...all.filter(({ kind }) => kind === 'outside'),
    ...all.filter(({ kind }) => kind !== 'outside'),
  ]
  const parts = new Map<string, { readonly id: string; readonly part: Part }>()
  for (const part of inOrder) {
    if (!parts.has(keyOf(part))) parts.set(keyOf(part), { id: `part_${parts.size + 1}`, part })
  }
  return parts
}

function keyOf({ kind, name, service }: Part): string {
  return JSON.stringify([kind, name, service])
}

function nameOf({ kind, name, service }: Part, services: boolean): string {
  const own = kind === 'saga' ? `saga ${name}` : name
  return service === undefined || !services ? own : `${own} (${service})`
}

const ARROWS = { command: '->>', event: '-->>', refused: '--x' } as const

function lineOf(moment: Moment, parts: Parts): string {
  const idOf = (part: Part): string => parts.get(keyOf(part))?.id ?? ''
  if (moment.kind === 'note') return `Note over ${idOf(moment.over)}: ${mermaidLabel(moment.text)}`
  return `${idOf(moment.from)}${ARROWS[moment.kind]}${idOf(moment.to)}: ${mermaidLabel(moment.text)}`
}
