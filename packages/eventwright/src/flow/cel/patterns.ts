import type { ASTNode } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import type { ExpressionProblem } from './errors.ts'
import { LINEAR_MATCHES } from './functions.ts'
import { flatten, isNode } from './guards.ts'

/** Patterns of `matches` that are written out and are none: they would fail at every run. */
export function findBadPatterns(ast: ASTNode): ExpressionProblem[] {
  const problems: ExpressionProblem[] = []
  visit(ast, problems)
  return problems
}

function visit(node: unknown, problems: ExpressionProblem[]): void {
  if (!isNode(node)) return
  const args = flatten(Array.isArray(node.args) ? node.args : [node.args])
  const pattern = args[2]
  if (node.op === 'rcall' && args[0] === LINEAR_MATCHES && isNode(pattern) && pattern.op === 'value') {
    const reason = faultOf(String(pattern.args))
    if (reason !== undefined) problems.push({ ...reason, start: pattern.start, end: pattern.end })
  }
  for (const child of args) visit(child, problems)
}

function faultOf(pattern: string): Pick<ExpressionProblem, 'kind' | 'message' | 'mend'> | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      kind: 'syntax',
      message: `The pattern is none: ${reason.replace('error parsing regexp: ', '')}.`,
      mend: 'Mend the pattern (RE2: no look-around, no back-references).',
    }
  }
}
