export { type CompiledFlow, compileFlow } from './compile-flow.ts'
export { type Deciders, loadDeciders } from './decide-file.ts'
export { DecideError } from './errors.ts'
export { asObject } from './plain.ts'
