import { partsOfStream } from '@eventwright/core'
import { printable, printableMessage } from '../../findings/index.ts'
import { placeOf, timeText } from '../log/line.ts'
import { spanText } from './span.ts'
import { stepName } from './step-name.ts'
import type { Trace, TraceNode } from './trace.ts'

export interface TraceTextOptions {
  /** True where there is more than one store: each line names its own. */
  readonly services: boolean
  /** Sets off what is named, where that can be shown. */
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

/** A conversation as a tree, with the time since its beginning in front of each line. */
export function traceText(trace: Trace, options: TraceTextOptions): string {
  const { correlationId, tenant, begun, took, events, roots, cut } = trace
  const of = tenant ? ` of tenant ${printable(tenant)}` : ''
  const head = `conversation ${printable(correlationId)}${of}, begun ${timeText(begun)}: ${events} event${events === 1 ? '' : 's'} in ${spanText(took)}`
  const more = cut ? ['  There is more; only its first events were looked at.'] : []
  const look = { ...options, trace }
  const lines = roots.flatMap((root) => nodeLines(root, '', '', look))
  return [options.strong(head), ...more, ...lines, ''].join('\n')
}

interface Look extends TraceTextOptions {
  readonly trace: Trace
}

function nodeLines(node: TraceNode, first: string, rest: string, options: Look): readonly string[] {
  const time = node.at === undefined ? '' : `+${spanText(node.at - options.trace.begun)}`
  const service = options.services && node.service !== undefined ? `  [${printable(node.service)}]` : ''
  const line = `${options.faint(time.padStart(11))}  ${first}${lineText(node, options)}${options.faint(service)}`
  const below = node.caused.flatMap((child, index) => {
    const last = index === node.caused.length - 1
    return nodeLines(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, options)
  })
  return [line, ...below]
}

function lineText(node: TraceNode, look: Look): string {
  const { strong } = look
  const from = node.conversation === undefined ? '' : ` (of conversation ${printable(node.conversation)})`
  switch (node.kind) {
    case 'command':
      return `${stepText(node)}${strong(commandName(node, look))}${toText(node, look)}: ${endOf(node)}${from}`
    case 'event':
      return `${strong(printable(node.name))}  ${placeText(node, look)}@${node.version}${parkedText(node)}${from}`
    case 'saga':
      return `saga ${strong(printable(node.name))} of ${printable(sagaKey(node))}: ${sagaEnd(node)}`
    case 'note':
      return printableMessage(node.name)
  }
}

/** The log tells the type of a command that a service was sent; of one that it was called with, only the id. */
function commandName({ name, id = '', conversation }: TraceNode, { trace }: Look): string {
  if (name !== '') return printable(name)
  return id === (conversation ?? trace.correlationId) ? 'a command' : `a command ${printable(id)}`
}

const ROLES: { readonly [role: string]: string } = {
  undo: 'undo',
  timeout: 'after the time-out of',
  completed: 'at the end',
  compensated: 'after compensation',
}

function stepText({ step, role = 'do' }: TraceNode): string {
  if (step === undefined) return ''
  return `${[ROLES[role], step && printable(stepName(step))].filter(Boolean).join(' ')}: `
}

function toText(node: TraceNode, look: Look): string {
  return node.stream === undefined ? '' : ` to ${placeText(node, look)}`
}

function placeText({ tenant = '', stream = '' }: TraceNode, { trace }: Look): string {
  return printable(placeOf({ tenant: trace.tenant === tenant ? '' : tenant, stream }))
}

function endOf({ outcome, took, why, due, attempts, open }: TraceNode): string {
  const sent = attempts === undefined ? '' : `, sent ${attempts} times`
  const after = took === undefined ? '' : ` after ${spanText(took)}`
  const reason = why === undefined ? '' : printableMessage(why)
  if (outcome === 'refused') return `refused (${reason})${after}${sent}`
  if (outcome === 'nothing') return `nothing happens${after}${sent}`
  if (outcome === 'unknown') return `answered${sent}; what it caused is in none of these stores`
  const until = due === undefined ? '' : ` until ${timeText(due)}`
  if (outcome === 'events')
    return `done${after}${sent}${open ? `; the saga waits${until} for what completes the step` : ''}`
  return `waits: ${reason}${sent}${until && `; the saga waits${until}`}`
}

function parkedText({ outcome, why = '' }: TraceNode): string {
  return outcome === 'parked' ? `: waits: ${printableMessage(why)}` : ''
}

function sagaKey({ stream = '' }: TraceNode): string {
  return partsOfStream(stream.replace(/^saga:/, '')).id
}

function sagaEnd({ outcome = '', took, why }: TraceNode): string {
  const after = took === undefined ? '' : ` after ${spanText(took)}`
  return `${printable(outcome)}${after}${why === undefined ? '' : `; ${printableMessage(why)}`}`
}
