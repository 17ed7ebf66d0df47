import { partsOfStream } from '@eventwright/core'
import { spanText } from './span.ts'
import type { TraceNode } from './trace.ts'

/** Who takes part in a sequence: somebody outside, an aggregate or a saga of a service. */
export interface Part {
  readonly kind: 'outside' | 'aggregate' | 'saga'
  readonly name: string
  readonly service?: string
}

/** One line of a sequence. */
export type Moment = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'note'; readonly over: Part }
  | { readonly kind: 'command' | 'event' | 'refused'; readonly from: Part; readonly to: Part }
)

/** What stands above a node: who sent its command, and which saga listens. */
interface Above {
  readonly sender: Part
  readonly saga: Part | undefined
  readonly at: number
}

const OUTSIDE: Part = { kind: 'outside', name: 'outside' }

/** What a tree tells, in order of time; at the same time a cause comes before its effect. */
export function momentsOf(roots: readonly TraceNode[], begun: number): readonly Moment[] {
  const above = { sender: OUTSIDE, saga: undefined, at: begun }
  return roots.flatMap((root) => below(root, above)).sort((a, b) => a.at - b.at)
}

function below(node: TraceNode, above: Above): readonly Moment[] {
  const at = node.at ?? Math.min(...node.caused.map((one) => one.at ?? above.at), Number.MAX_VALUE)
  const part = partOf(node)
  const inside: Above = {
    sender: part ?? above.sender,
    saga: node.kind === 'saga' ? part : above.saga,
    at,
  }
  return [
    ...MOMENTS[node.kind](node, { ...above, at }, part ?? above.sender),
    ...node.caused.flatMap((child) => below(child, inside)),
  ]
}

type Teller = (node: TraceNode, above: Above, part: Part) => readonly Moment[]

const MOMENTS: { readonly [kind in TraceNode['kind']]: Teller } = {
  note: ({ name }, { at }, part) => [{ kind: 'note', at, over: part, text: name }],
  command(node, { at, sender, saga }, part) {
    // What comes from outside while a saga waits stands below its step, and was not sent by it.
    const from = node.step === undefined ? OUTSIDE : (saga ?? sender)
    const text = `${node.name || 'a command'} (${partsOfStream(node.stream ?? '').id})`
    const end = at + (node.took ?? 0)
    return [{ kind: 'command', at, from, to: part, text }, ...endOf(node, end, part, from)]
  },
  event(node, { at, saga }, part) {
    const text = `${node.name} (${partsOfStream(node.stream ?? '').id})`
    const started = node.caused.filter(({ kind }) => kind === 'saga').map(partOf)
    const listeners = [saga, ...started].filter((one) => one !== undefined)
    const told: readonly Moment[] = listeners.map((to) => ({ kind: 'event', at, from: part, to, text }))
    const parked: readonly Moment[] =
      node.outcome === 'parked' ? [{ kind: 'note', at, over: part, text: `waits: ${node.why ?? ''}` }] : []
    return [...(told.length > 0 ? told : [{ kind: 'note' as const, at, over: part, text }]), ...parked]
  },
  saga({ outcome = '', took, at = 0 }, _above, part) {
    const end = took === undefined ? '' : ` after ${spanText(took)}`
    return took === undefined ? [] : [{ kind: 'note', at: at + took, over: part, text: `${outcome}${end}` }]
  },
}

const OPEN = 'the saga waits for what completes the step'

function endOf(
  { outcome, why = '', open }: TraceNode,
  at: number,
  part: Part,
  from: Part,
): readonly Moment[] {
  if (open) return [{ kind: 'note', at, over: from, text: OPEN }]
  if (outcome === 'refused') return [{ kind: 'refused', at, from: part, to: from, text: `refused: ${why}` }]
  if (outcome === 'nothing') return [{ kind: 'event', at, from: part, to: from, text: 'nothing happens' }]
  return outcome === 'events' || outcome === 'unknown'
    ? []
    : [{ kind: 'note', at, over: part, text: `waits: ${why}` }]
}

function partOf({ kind, name, stream = '', service }: TraceNode): Part | undefined {
  if (kind === 'note') return undefined
  const of = service === undefined ? {} : { service }
  if (kind === 'saga') return { kind: 'saga', name, ...of }
  return { kind: 'aggregate', name: partsOfStream(stream).aggregate, ...of }
}
