const LONGEST = 50

/** Makes of each name one of its own that holds letters, digits and `filler` only, whatever case the reader ignores. */
export function distinct(names: Iterable<string>, filler: '_' | '-'): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const result = new Map<string, string>()
  for (const name of names) {
    if (result.has(name)) continue
    const plain = plainName(name, filler)
    let own = plain
    for (let count = 2; taken.has(own.toLowerCase()); count++) own = `${plain}${filler}${count}`
    taken.add(own.toLowerCase())
    result.set(name, own)
  }
  return result
}

// Mermaid's ids are ASCII; a file's name may hold any letter.
function plainName(name: string, filler: '_' | '-'): string {
  const other = filler === '_' ? /[^A-Za-z0-9]/gu : /[^\p{L}\p{M}\p{N}]+/gu
  const characters = [...name.toWellFormed().normalize('NFC').replace(other, filler)]
  return characters.slice(0, LONGEST).join('') || filler
}
