import type { SyntaxNode } from '../../../flow/index.ts'
import { hasTarget } from './access.ts'
import { nodeAt, pathOf } from './scope.ts'

/** The paths that the truth and the falsehood of a condition prove to be there. */
export interface Facts {
  readonly whenTrue: ReadonlySet<string>
  readonly whenFalse: ReadonlySet<string>
}

const NOTHING: ReadonlySet<string> = new Set()

/** What `has()` in a condition proves for what stands behind it. */
export function factsOf(node: SyntaxNode): Facts {
  const target = hasTarget(node)
  if (target !== undefined) {
    const path = pathOf(target)
    return { whenTrue: path === undefined ? NOTHING : new Set([path]), whenFalse: NOTHING }
  }
  if (node.op === '!_') {
    const { whenTrue, whenFalse } = factsOf(nodeAt(node, 0))
    return { whenTrue: whenFalse, whenFalse: whenTrue }
  }
  if (node.op !== '&&' && node.op !== '||') return { whenTrue: NOTHING, whenFalse: NOTHING }
  const left = factsOf(nodeAt(node, 0))
  const right = factsOf(nodeAt(node, 1))
  return node.op === '&&'
    ? { whenTrue: new Set([...left.whenTrue, ...right.whenTrue]), whenFalse: NOTHING }
    : { whenTrue: NOTHING, whenFalse: new Set([...left.whenFalse, ...right.whenFalse]) }
}
