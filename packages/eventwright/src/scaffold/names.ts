import { CannotScaffold } from './errors.ts'

const RULE = 'lower-case letters, digits and hyphens, with a letter first, at most 60 of them'
const LONGEST = 60
/** Names that Windows keeps for devices, and npm for itself. */
const TAKEN = /^(con|prn|aux|nul|com\d|lpt\d|node_modules|favicon|eventwright)$/

/** A name for a folder, a package and a service at once. @throws CannotScaffold, with a name that would do */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]*$/.test(name) && !name.endsWith('-') && name.length <= LONGEST && !TAKEN.test(name))
    return
  const why = TAKEN.test(name) ? 'is taken by the system' : `is no name for a service: use ${RULE}`
  const path = /[/\\]/.test(name) ? ' Where it shall stand is said with --into FOLDER.' : ''
  throw new CannotScaffold(`"${shortened(name)}" ${why}. Try "${suggestedName(name)}".${path}`)
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 77)}…` : name
}

/** Letters that are no others with a mark. */
const PLAIN: { readonly [letter: string]: string } = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', ł: 'l' }

/** The name that is most likely meant. */
export function suggestedName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll(/[ßæøœł]/gi, (letter) => PLAIN[letter.toLowerCase()] ?? '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
  const cut = (/^[a-z]/.test(plain) ? plain : `service-${plain}`).slice(0, LONGEST).replace(/-+$/, '')
  if (cut === 'service') return 'my-service'
  return TAKEN.test(cut) ? `${cut}-service` : cut
}

/** `PlaceOrder` as a segment of a path: `place-order`. */
export function kebab(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
}

/** `order` as many: `orders`. */
export function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`
}

/** `orders` as one: `order`. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`
  if (/(ss|x|z|ch|sh)es$/.test(name)) return name.slice(0, -2)
  return /[^aeius]s$|[^su]es$/.test(name) ? name.slice(0, -1) : name
}

/** `order-line` as a type: `OrderLine`. */
export function pascal(name: string): string {
  return name
    .split('-')
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/**
 * A segment for each name, in their order: as `shape` makes it, or the name itself where two would be the same or
 * where it is taken.
 */
export function segments(
  names: readonly string[],
  shape: (name: string) => string,
  taken: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const counted = Map.groupBy(names, shape)
  return new Map(
    names.map((name) => {
      const segment = shape(name)
      const alone = counted.get(segment)?.length === 1 && !taken.has(segment)
      return [name, alone ? segment : name] as const
    }),
  )
}
