/** True for what is surely JSON by its types, of at most so many levels. Texts are not looked at. */
export function hasJsonForm(value: unknown, levels: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (levels > 0 && hasContainerForm(value, levels - 1))
    default:
      return false
  }
}

function hasContainerForm(value: object, levels: number): boolean {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!hasJsonForm(value[index], levels)) return false
    return true
  }
  return (
    isPlain(value) && Object.values(value).every((part) => part === undefined || hasJsonForm(part, levels))
  )
}

/** An object literal or a JSON.parse result, also from another realm; without `toJSON`, which would write something else. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
  return !('toJSON' in value && typeof value.toJSON === 'function')
}

/** True where JSON text may say U+0000 or half a surrogate pair: it writes both as escapes. */
export function mayHoldBadText(json: string): boolean {
  return json.includes('\\u0000') || json.includes('\\ud')
}
