/** How tightly a piece of TypeScript binds, from the loosest. */
export const LEVEL = {
  lambda: 2,
  choice: 3,
  or: 4,
  and: 5,
  equality: 6,
  relation: 7,
  sum: 8,
  product: 9,
  unary: 10,
  value: 11,
} as const

/** A piece of TypeScript. */
export interface Code {
  readonly text: string
  readonly level: number
  /** True where it can throw. */
  readonly fallible: boolean
}

/** What needs no parentheses anywhere. */
export function value(text: string, fallible = false): Code {
  return { text, level: LEVEL.value, fallible }
}

/** The text of a piece where nothing looser than `level` may stand. */
export function within(code: Code, level: number): string {
  return code.level < level ? `(${code.text})` : code.text
}

/** `left operator right`, where the right side binds more tightly. */
export function binary(left: Code, operator: string, right: Code, level: number): Code {
  const text = `${within(left, level)} ${operator} ${within(right, level + 1)}`
  return { text, level, fallible: left.fallible || right.fallible }
}

/** A call of a function or a method. */
export function call(target: string, args: readonly Code[], fallible = false): Code {
  return value(
    `${target}(${args.map(({ text }) => text).join(', ')})`,
    fallible || args.some((a) => a.fallible),
  )
}

/** A text as a literal. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
