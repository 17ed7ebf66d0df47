import type { Code } from '../findings/index.ts'
import type { Flow, Place } from '../model/index.ts'

/** A fault that a rule found. */
export type Fault = { readonly place: Place; readonly message: string; readonly mend: string }

/** A rule of design: pure, over the resolved flow. */
export type Rule = { readonly code: Code; readonly find: (flow: Flow) => Iterable<Fault> }
