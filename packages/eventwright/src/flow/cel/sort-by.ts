// What cel-js hands to a macro, as far as it is used here; sort-by.test pins it.
type Node = { readonly op: string; readonly args: unknown }
type CelType = { readonly kind: string; readonly valueType?: CelType }
type Context = {
  forkWithVariable(name: string, type: CelType): Context
  reuse(parent: Context): Context
  setIterValue(value: unknown, evaluator: Evaluator): Context
}
type Checker = { check(node: Node, context: Context): CelType; getType(name: string): CelType }
type Evaluator = { run(node: Node, context: Context): unknown }
type Macro = { list: Node; variable: Node; key: Node; inner?: Context }

/** `list.sortBy(x, x.quantity)`: the list in ascending order of a key; equal keys keep their order. */
export function sortByMacro(call: { receiver: Node; args: readonly [Node, Node] }): object {
  const macro: Macro = { list: call.receiver, variable: call.args[0], key: call.args[1] }
  return {
    ...macro,
    async: false,
    typeCheck(checker: Checker, m: Macro, context: Context): CelType {
      if (m.variable.op !== 'id')
        throw new TypeError('sortBy(variable, key) begins with the name of a variable')
      const type = checker.check(m.list, context)
      m.inner = context.forkWithVariable(String(m.variable.args), type.valueType ?? checker.getType('dyn'))
      checker.check(m.key, m.inner)
      return type
    },
    evaluate(evaluator: Evaluator, m: Macro, context: Context): unknown[] {
      const list = evaluator.run(m.list, context)
      const inner = m.inner
      if (!Array.isArray(list) || inner === undefined) throw new TypeError('sortBy sorts a list')
      const keyed = list.map((item: unknown) => ({
        item,
        key: evaluator.run(m.key, inner.reuse(context).setIterValue(item, evaluator)),
      }))
      return keyed.sort((a, b) => order(a.key, b.key)).map(({ item }) => item)
    },
  }
}

function order(a: unknown, b: unknown): number {
  const comparable = (x: unknown): x is bigint | number | string | Date =>
    ['bigint', 'number', 'string'].includes(typeof x) || x instanceof Date
  if (!comparable(a) || !comparable(b))
    throw new TypeError('sortBy needs numbers, strings or timestamps as keys')
  if (a < b) return -1
  return a > b ? 1 : 0
}
