import type { Flow } from '../../flow/index.ts'
import { compileFlow, loadDeciders } from '../../flow/index.ts'
import type { Code } from './code.ts'
import { codeOf, partsIn } from './parts.ts'

/** The parts of a flow that can be run, its `decide:` files included. @throws DecideError */
export async function codeOfFlow(flow: Flow, origin: string): Promise<Code> {
  const compiled = compileFlow(flow, await loadDeciders(flow))
  // Whoever folds or projects is told by the throw itself.
  return codeOf(origin, partsIn(compiled.parts({ onFault: () => {} })))
}
