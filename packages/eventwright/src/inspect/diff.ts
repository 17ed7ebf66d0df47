/** One place in which two values differ; a side that has nothing there is absent. */
export interface Difference {
  /** `lines[0].quantity`; empty for the whole value. */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Where two JSON values differ, field by field. The order of properties does not count. */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (Object.is(before, after)) return []
  const fields = fieldsOf(before, after, path)
  if (fields === undefined) return [differing(before, after, path)]
  return fields.flatMap(([at, one, other]) => differences(one, other, at))
}

type Field = readonly [path: string, before: unknown, after: unknown]

/** `undefined` where the two are not both lists, or both objects. */
function fieldsOf(before: unknown, after: unknown, path: string): readonly Field[] | undefined {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, index) => [`${path}[${index}]`, before[index], after[index]])
  }
  if (!isRecord(before) || !isRecord(after)) return undefined
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].map((name) => [step(path, name), own(before, name), own(after, name)])
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(value: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function step(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

function differing(before: unknown, after: unknown, path: string): Difference {
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}
