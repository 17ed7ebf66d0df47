/** A step's path as it is read: `lines/0/reserve` is `reserve (round 1)`. */
export function stepName(path: string): string {
  const parts = path.split('/')
  const rounds = parts.filter((part) => /^\d+$/.test(part)).map((part) => Number(part) + 1)
  const name = decoded(parts.at(-1) ?? '')
  return rounds.length === 0 ? name : `${name} (round ${rounds.join('.')})`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
