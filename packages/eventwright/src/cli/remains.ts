/** What would be left outside this process if it ended now, and how to remove it. */
export type Remains = () => readonly string[]

const all = new Set<Remains>()

/** Call what is returned once nothing of it is left. */
export function remaining(remains: Remains): () => void {
  all.add(remains)
  return () => void all.delete(remains)
}

export function remainsNow(): readonly string[] {
  return [...all].flatMap((remains) => remains())
}
