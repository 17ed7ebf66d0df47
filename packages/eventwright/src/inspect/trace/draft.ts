import type { TraceNode } from './trace.ts'

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** A node while the tree is drawn. */
export type Draft = Writable<Omit<TraceNode, 'caused'>> & { readonly caused: Draft[] }

/** The nodes of a tree that is being drawn, by what names them. */
export interface Drafts {
  /** Of the conversation that is traced. */
  readonly correlationId: string
  /** By tenant and command id. */
  readonly commands: Map<string, Draft>
  /** By event id. */
  readonly events: Map<string, Draft>
  readonly causes: Map<Draft, Draft>
  /** When a command was answered first. */
  readonly answered: Map<Draft, number>
}

export function noDrafts(correlationId: string): Drafts {
  return { correlationId, answered: new Map(), commands: new Map(), events: new Map(), causes: new Map() }
}

export function commandKey(tenant: string, commandId: string): string {
  return JSON.stringify([tenant, commandId])
}

/** Puts a node below what caused it; the first cause stays. */
export function placeBelow({ causes }: Drafts, cause: Draft, effect: Draft): void {
  if (causes.has(effect)) return
  // Causes are what services wrote; a circle would have no root.
  for (let above: Draft | undefined = cause; above !== undefined; above = causes.get(above)) {
    if (above === effect) return
  }
  causes.set(effect, cause)
  cause.caused.push(effect)
}

/** As it is shown: in order of time, without what is not known. */
export function finished({ caused, ...node }: Draft): TraceNode {
  const inOrder = caused.toSorted((a, b) => beginOf(a) - beginOf(b))
  return { ...node, caused: inOrder.map(finished) }
}

/** When it was, or the first of what it caused. */
export function beginOf({ at, caused }: Draft): number {
  return at ?? caused.reduce((first, one) => Math.min(first, beginOf(one)), Number.POSITIVE_INFINITY)
}
