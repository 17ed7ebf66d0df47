/** The skill's name, which is also the name of its folder, as the specification asks. */
export const SKILL = 'building-event-driven-architecture'

/** Where most agents look, and where the skill is written once. */
export const SHARED = '.agents/skills'

/** Kept in the installed skill: which version it is, and the hash of each file as it was shipped. */
export const RECORD = '.eventwright.json'

/** What tools leave in a folder. It is neither shipped, nor taken for an edit, nor kept when a version is replaced. */
const LEFT_BEHIND: ReadonlySet<string> = new Set([
  '.DS_Store',
  '.eventwright',
  '.git',
  '__pycache__',
  'node_modules',
  'target',
])

export function isLeftBehind(name: string): boolean {
  return LEFT_BEHIND.has(name) || name === RECORD || /\.(db|db-shm|db-wal|tsbuildinfo)$/.test(name)
}
