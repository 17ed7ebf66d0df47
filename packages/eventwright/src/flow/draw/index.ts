export { type Diagram, type Subject, subjectsOf } from './diagram.ts'
export { type Drawn, drawFlow } from './draw-flow.ts'
export { label as mermaidLabel } from './label.ts'
