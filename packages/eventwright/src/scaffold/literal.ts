const WIDTH = 110

/** A piece of code among values: it is written as it stands. */
class Code {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export function code(text: string): object {
  return new Code(text)
}

/** A JSON value as a TypeScript literal as a person writes it: short ones on one line, names without quotes. */
export function literal(value: unknown, indent = ''): string {
  const line = inline(value)
  if (
    value instanceof Code ||
    line.length + indent.length + 10 <= WIDTH ||
    typeof value !== 'object' ||
    value === null
  )
    return line
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${inner}${literal(item, inner)},\n`).join('')}${indent}]`
  }
  const entries = Object.entries(value).map(
    ([name, part]) => `${inner}${key(name)}: ${literal(part, inner)},\n`,
  )
  return `{\n${entries.join('')}${indent}}`
}

function inline(value: unknown): string {
  if (value instanceof Code) return value.text
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value))
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([name, part]) => `${key(name)}: ${inline(part)}`).join(', ')} }`
}

function key(name: string): string {
  // `__proto__: x` in a literal sets the prototype, quoted or not; computed it is a name as any other.
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** A text as a string literal. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  if (text.includes("'")) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`
}
