const WORD = /^[A-Za-z_$][\w$]*$/

/** Words that cannot name a variable, or that would hide something that generated files use. */
const TAKEN = new Set([
  ...'break case catch class const continue debugger default delete do else enum export extends false finally for'.split(
    ' ',
  ),
  ...'function if import in instanceof new null return super switch this throw true try typeof var void while'.split(
    ' ',
  ),
  ...'with yield let static implements interface package private protected public await async of'.split(' '),
  ...'undefined NaN Infinity arguments eval any unknown never string number boolean object symbol bigint'.split(
    ' ',
  ),
  ...'Array Object Number String Boolean Map Set Date Math JSON RegExp Reflect RangeError TypeError BigInt URL'.split(
    ' ',
  ),
  ...'Record Partial Omit Readonly Error Promise Symbol process'.split(' '),
])

/** A name for a variable, a type or a constant that is near to `name` and free. */
export function identifier(name: string, taken: Iterable<string> = []): string {
  const occupied = new Set(taken)
  const word = name.replaceAll(/[^\w$]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())
  let free = /^\d/.test(word) || word === '' ? `_${word}` : word
  while (TAKEN.has(free) || occupied.has(free)) free = `${free}_`
  return free
}

/** A key of an object literal or a type. */
export function keyOf(name: string): string {
  return WORD.test(name) ? name : JSON.stringify(name)
}

/** `.name`, or `["na-me"]` after `?.` with the dot. */
export function propertyOf(name: string, afterQuestion = false): string {
  if (WORD.test(name)) return `.${name}`
  return afterQuestion ? `.[${JSON.stringify(name)}]` : `[${JSON.stringify(name)}]`
}

/** `the quick-brown Fox` as `theQuickBrownFox`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** `OrderStatus` and `order_status` as `order-status`, for the name of a file. */
export function fileName(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
}

/** Whether a piece of TypeScript names a variable, not a key, a field or a text of that name. */
export function mentions(text: string, word: string): boolean {
  const withoutTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "''")
  const escaped = word.replaceAll('$', String.raw`\$`)
  return new RegExp(String.raw`(?<![\w$]|(?<!\.\.)\.)${escaped}(?![\w$:])`).test(withoutTexts)
}
