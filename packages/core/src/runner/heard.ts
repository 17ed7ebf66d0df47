import type { SagaDefinition, SagaNode } from '../saga/index.ts'

/** The event types that start, answer or cancel a saga, each once. */
export function heardBy(saga: SagaDefinition): readonly string[] {
  return [...new Set([saga.start, ...saga.cancel, ...saga.nodes.flatMap(awaited)])]
}

function awaited(node: SagaNode): readonly string[] {
  if (node.kind === 'wait') return []
  if (node.kind === 'step') return [...node.done, ...node.failed]
  return (node.kind === 'parallel' ? node.branches.flat() : node.body).flatMap(awaited)
}
