export { FLOW_SHAPE, SHAPES } from './flow-shape.ts'
export * from './shape.ts'
