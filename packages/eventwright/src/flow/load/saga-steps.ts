import type { SagaNode, Step } from '../model/index.ts'

/** The steps of a saga, those inside loops and parallels too. */
export function stepsOf(nodes: readonly SagaNode[]): readonly Step[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return [node]
    return node.kind === 'wait' ? [] : stepsOf(node.nodes)
  })
}
