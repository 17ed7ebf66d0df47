/** The candidate that a misspelled name most likely means, if one is near enough. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const found = distance(name.toLowerCase(), candidate.toLowerCase())
    if (found < bestDistance && candidate !== name) [best, bestDistance] = [candidate, found]
  }
  return best
}

/** `Did you mean …?`, or the names there are. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const names = [...candidates]
  const near = nearest(name, names)
  if (near !== undefined) return `Did you mean \`${near}\`?`
  if (names.length === 0) return 'There is none yet: declare it, or remove this.'
  const shown = names.slice(0, 12).map((n) => `\`${n}\``)
  return `Use one of ${shown.join(', ')}${names.length > 12 ? ', …' : ''}, or declare it.`
}

/** Edit distance, with a swap of neighbours as one edit. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
