import { InvalidOption } from './errors.ts'

/**
 * A parameter that was mistyped would be passed over, and what it should have said with it. Its value is not told: it
 * may be a secret. `others`: what is known besides. @throws InvalidOption
 */
export function refuseUnknownParameters(
  given: Iterable<string>,
  where: string,
  ours: readonly string[],
  others: readonly string[] = [],
): void {
  const known = [...ours, ...others]
  for (const name of given) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    const all = ours.join(', ')
    const use = meant === undefined ? all : `${meant}; there are ${all}`
    throw new InvalidOption(
      `a parameter of ${where}`,
      name,
      others.length === 0 ? use : `${use}, and what other clients take`,
    )
  }
}

/** Only one of them would count, and nobody knows which. @throws InvalidOption */
export function refuseRepeatedParameters(given: readonly string[], where: string): void {
  const twice = given.find((name, at) => given.indexOf(name) < at)
  if (twice !== undefined) throw new InvalidOption(`"${twice}" in ${where}`, 'given twice', 'one of them')
}

/** Where half of the letters are right, it is a slip. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const slips = known.map((meant) => ({
    meant,
    edits: editsBetween(name.toLowerCase(), meant.toLowerCase()),
  }))
  const [best] = slips.toSorted((a, b) => a.edits - b.edits)
  return best !== undefined && best.edits <= name.length / 2 ? best.meant : undefined
}

/** Letters to put in, take out or change (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [at, other] of [...to].entries()) {
      const [changed = 0, out = 0] = row.slice(at)
      next.push(Math.min(changed + (letter === other ? 0 : 1), out + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
