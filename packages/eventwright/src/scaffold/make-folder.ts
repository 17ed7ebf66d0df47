import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, and gives the topmost that was made. Node's own `recursive` never comes back
 * where the system refuses with ENOENT, as /proc does.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  if (await isFolder(path)) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : await makeFolder(above)
  try {
    await mkdir(path)
  } catch (error) {
    if (!(await isFolder(path))) throw error // else another process was faster
  }
  return first ?? path
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
