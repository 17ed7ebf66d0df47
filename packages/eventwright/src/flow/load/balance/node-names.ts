import type { Catalog, SagaNode as CompiledNode } from '@eventwright/core'
import { compileSaga } from '../../compile/saga.ts'
import type { Flow, Saga, SagaNode } from '../../model/index.ts'

/** The names that loops and parallels got when the flow was compiled: paths of steps are made of them. */
export type NodeNames = ReadonlyMap<SagaNode, string>

export function nodeNames(flow: Flow, saga: Saga, catalog: Catalog): NodeNames {
  const names = new Map<SagaNode, string>()

  function walk(nodes: readonly SagaNode[], compiled: readonly CompiledNode[]): void {
    for (const [index, node] of nodes.entries()) {
      const twin = compiled[index]
      if (!twin) continue
      names.set(node, twin.name)
      if (node.kind === 'each' && twin.kind === 'each') walk(node.nodes, twin.body)
      if (node.kind === 'parallel' && twin.kind === 'parallel') walk(node.nodes, twin.branches.flat())
    }
  }

  walk(saga.nodes, compileSaga(saga, { flow, catalog, onFault: () => {} }).nodes)
  return names
}
