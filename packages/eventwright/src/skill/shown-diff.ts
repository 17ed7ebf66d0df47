import type { Conflict } from './merge.ts'

const LINES = 60

/** What an edit would lose, as a unified diff from the file as it stands to the one to come. */
export async function shownDiff({ path, local, next }: Conflict): Promise<string> {
  if (local === undefined) return `${path}: a link, which a skill must not hold\n`
  if (next === undefined) return `${path}: edited here, and no longer part of the skill\n`
  if (!isText(local) || !isText(next))
    return `${path}: differs (${local.length} bytes here, ${next.length} to come)\n`
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff')
  const patch = createTwoFilesPatch(
    `${path} (here)`,
    `${path} (to come)`,
    local.toString(),
    next.toString(),
    '',
    '',
    {
      context: 2,
      headerOptions: FILE_HEADERS_ONLY,
    },
  )
  const lines = patch.trimEnd().split('\n')
  if (lines.length <= LINES) return `${lines.join('\n')}\n`
  return `${lines.slice(0, LINES).join('\n')}\n… ${lines.length - LINES} more lines\n`
}

function isText(content: Buffer): boolean {
  return content.length < 200_000 && !content.includes(0)
}
