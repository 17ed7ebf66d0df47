import { FUNCTIONS, type FunctionName, functionTexts, type Scope, type Variable } from './cel/index.ts'
import { createNames, type Names } from './imports.ts'

/** A TypeScript file in the making. */
export interface Module {
  readonly names: Names
  /** What an expression is printed with in this file. */
  scope(variables: ReadonlyMap<string, Variable>): Scope
  /** The whole file: imports, `body`, and at its foot the functions that expressions need. */
  text(body: string): string
}

/** Names that stand for parameters in the functions of a domain. */
const PARAMETERS = [
  'state',
  'data',
  'id',
  'now',
  'row',
  'rows',
  'tx',
  'key',
  'item',
  'index',
  'failure',
  'answers',
  'old',
]

/** A file that has nothing yet. */
export function createModule(): Module {
  const names = createNames([...Object.keys(FUNCTIONS), ...PARAMETERS, 'RE2JS'])
  const uses = new Set<FunctionName | 'RE2JS'>()
  return {
    names,
    scope: (variables) => ({ variables, known: new Set(), uses }),
    text(body) {
      const engine = uses.has('RE2JS') ? "import { RE2JS } from 're2js'\n" : ''
      return [`${engine}${names.statements()}`, body, ...functionTexts(uses)].join('\n\n')
    },
  }
}

/** A comment above a declaration, or nothing. */
export function documented(doc: string | undefined): string {
  return doc === undefined || doc === ''
    ? ''
    : `/** ${doc.replaceAll('*/', '*\\/').replaceAll(/\s*\n\s*/g, ' ')} */\n`
}
