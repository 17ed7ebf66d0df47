import { Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { sortByMacro } from './sort-by.ts'

/** The name, of the same length, under which `matches` runs on a linear-time engine. */
export const LINEAR_MATCHES = 'matchRe'

type Ordered = bigint | number | string | Date

const ORDERED = ['int', 'double', 'string', 'google.protobuf.Timestamp'] as const

/** CEL with `sum, min, max, distinct, sortBy` on lists, as functions and as methods. */
export function createBaseEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false })
  both(environment, 'sum', 'list<int>', 'int', (list: bigint[]) => list.reduce((a, b) => a + b, 0n))
  both(environment, 'sum', 'list<double>', 'double', (list: number[]) => list.reduce((a, b) => a + b, 0))
  for (const type of ORDERED) {
    both(environment, 'min', `list<${type}>`, type, (list: Ordered[]) => extreme(list, (a, b) => a < b))
    both(environment, 'max', `list<${type}>`, type, (list: Ordered[]) => extreme(list, (a, b) => a > b))
  }
  both(environment, 'distinct', 'list<V>', 'list<V>', distinct)
  environment.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, matches)
  environment.registerFunction('list<V>.sortBy(ast, ast): list<V>', sortByMacro)
  return environment
}

function both<T>(
  environment: Environment,
  name: string,
  from: string,
  to: string,
  run: (list: T[]) => unknown,
): void {
  environment.registerFunction(`${name}(${from}): ${to}`, run)
  environment.registerFunction(`${from}.${name}(): ${to}`, run)
}

function extreme(list: Ordered[], before: (a: Ordered, b: Ordered) => boolean): Ordered {
  const [first, ...rest] = list
  if (first === undefined) throw new RangeError('min and max need at least one element')
  return rest.reduce((best, item) => (before(item, best) ? item : best), first)
}

function distinct(list: unknown[]): unknown[] {
  const seen = new Map<string, unknown>()
  for (const item of list) {
    const key = JSON.stringify(item, comparable)
    if (!seen.has(key)) seen.set(key, item)
  }
  return [...seen.values()]
}

/** JSON has neither BigInt nor maps. */
function comparable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Map ? [...value] : value
}

const patterns = new Map<string, RE2JS>()

function matches(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern)
  if (compiled === undefined) {
    compiled = RE2JS.compile(pattern)
    if (patterns.size >= 1000) patterns.clear()
    patterns.set(pattern, compiled)
  }
  return compiled.matcher(text).find()
}
