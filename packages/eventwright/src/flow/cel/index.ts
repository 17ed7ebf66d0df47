export {
  type Compilation,
  type CompiledExpression,
  compileExpression,
  type ExpressionScope,
} from './compile.ts'
export { ExpressionError, type ExpressionProblem } from './errors.ts'
export { typeOf } from './guards.ts'
