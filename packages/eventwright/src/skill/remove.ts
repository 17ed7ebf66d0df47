import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Disk, realDisk } from './disk.ts'
import { exclusively } from './exclusive.ts'
import { isInside, mustStayWithin } from './guard.ts'
import { editsOf, lookAt, type Standing } from './holding.ts'
import { backUpAll, withBackup, withFolder } from './install.ts'
import { isOurs, type LockFile, lockTextWith, readLockFile } from './lock-file.ts'
import { SKILL } from './name.ts'
import { type Level, type Place, placesOf, rootOf, type Surroundings, sharedPlace } from './places.ts'
import { realWay } from './plan.ts'
import { isThere, recover } from './stage.ts'
import { makeChanges } from './swap.ts'

export interface RemoveOptions {
  readonly level: Level
  readonly force?: boolean
  readonly dryRun?: boolean
}

/** What a removal does at one place. */
export interface Removal {
  readonly place: Place
  readonly what: 'link' | 'folder'
  /** Local edits: without force the reason that nothing is removed, with it what is backed up. */
  readonly edits: readonly string[]
  readonly backup?: readonly string[]
}

/** Something of the skill's name that this command did not install, and leaves. */
export interface LeftAlone {
  readonly path: string
  readonly why: string
}

export interface RemoveResult {
  readonly level: Level
  readonly root: string
  readonly outcome: 'done' | 'planned' | 'blocked'
  readonly removals: readonly Removal[]
  readonly leftAlone: readonly LeftAlone[]
  /** The lock file, where the entry in it goes. */
  readonly lockFile?: string
  readonly backup?: string
}

/**
 * Removes what was installed on a level, and nothing else: links to the shared folder, folders with our record, the
 * entry in the lock file, and folders that are empty then. All or nothing; edited files only with `force`.
 */
export async function remove(
  options: RemoveOptions,
  surroundings: Surroundings,
  disk: Disk = realDisk,
): Promise<RemoveResult> {
  const shared = sharedPlace(options.level, surroundings)
  const { result: planned } = await plan(options, surroundings)
  if (options.dryRun) return planned
  const isEmpty = planned.removals.length === 0 && planned.lockFile === undefined
  // Where not even the shared folder is, none is made to hold the lock of doing nothing.
  if (isEmpty && !(await isThere(dirname(dirname(shared.path))))) return { ...planned, outcome: 'done' }
  const result = await withFolder(shared, (folder) =>
    exclusively(folder, async () => {
      await recover(
        placesOf(options.level, surroundings).map(({ path }) => path),
        disk,
      )
      return await carryOut(options, surroundings, disk)
    }),
  )
  if (result.outcome === 'done') await tidy(result, shared)
  return result
}

interface Planned {
  readonly result: RemoveResult
  readonly lock: LockFile | undefined
}

async function plan({ level, force = false }: RemoveOptions, surroundings: Surroundings): Promise<Planned> {
  const root = rootOf(level, surroundings)
  const lock = level === 'project' ? await readLockFile(root) : undefined
  const shared = sharedPlace(level, surroundings)
  const removals: Removal[] = []
  const leftAlone: LeftAlone[] = []
  for (const place of placesOf(level, surroundings)) {
    const found = await planAt(place, shared)
    if (found === undefined) continue
    if ('why' in found) leftAlone.push(found)
    else removals.push(found)
  }
  const blocked = !force && removals.some(({ edits }) => edits.length > 0)
  const hasEntry = lock !== undefined && Object.hasOwn(lock.skills, SKILL) && isOurs(lock.skills[SKILL])
  const outcome = blocked ? 'blocked' : 'planned'
  return {
    result: { level, root, outcome, removals, leftAlone, ...(hasEntry ? { lockFile: lock.path } : {}) },
    lock,
  }
}

async function planAt(place: Place, shared: Place): Promise<Removal | LeftAlone | undefined> {
  const holding = await lookAt(place.path)
  const { path } = place
  if (holding.kind === 'nothing') return undefined
  if (holding.kind === 'foreign') return { path, why: `it is ${holding.what}` }
  if (holding.kind === 'link') {
    const isLinkToShared =
      path !== shared.path && (await realWay(holding.to)) === (await realWay(shared.path))
    if (!isLinkToShared) return { path, why: `it is a link to ${holding.to}` }
    await mustStayWithin(path, place.within)
    return { place, what: 'link', edits: [] }
  }
  // The same folder under another name, where a whole folder of skills is a link.
  if (path !== shared.path && (await realWay(path)) === (await realWay(shared.path))) return undefined
  if (holding.skill.record === undefined)
    return { path, why: 'another tool installed it (no record of this command)' }
  await mustStayWithin(path, place.within)
  const edits = editedIn(holding.skill)
  return { place, what: 'folder', edits, ...(edits.length === 0 ? {} : { backup: edits }) }
}

function editedIn(skill: Standing): readonly string[] {
  const edits = editsOf(skill)
  return edits ? [...edits.changed, ...edits.added] : []
}

async function carryOut(
  options: RemoveOptions,
  surroundings: Surroundings,
  disk: Disk,
): Promise<RemoveResult> {
  const { result, lock } = await plan(options, surroundings)
  if (result.outcome === 'blocked') return result
  const text = lock && result.lockFile !== undefined ? lockTextWith(lock, undefined) : undefined
  const last = lock && text !== undefined ? { path: lock.path, text } : undefined
  const backup = await backUpAll(result.removals, result.root)
  const changes = result.removals.map(({ place }) => ({ path: place.path }))
  await withBackup(backup, () => makeChanges(changes, last, disk))
  if (lock && last && saysNothing(lock)) await disk.remove(lock.path)
  return { ...result, outcome: 'done', ...(backup === undefined ? {} : { backup }) }
}

/** True of a file that held the entry of the skill alone. */
function saysNothing({ content, skills }: LockFile): boolean {
  const isKnown = Object.keys(content).every((key) => key === 'version' || key === 'skills')
  return isKnown && Object.keys(skills).every((name) => name === SKILL)
}

/** Folders that hold nothing any more, up to the root. */
async function tidy({ removals }: RemoveResult, shared: Place): Promise<void> {
  for (const { path, within } of [...removals.map(({ place }) => place), shared]) {
    let folder = dirname(path)
    while (folder !== within && isInside(within, folder) && (await isRemoved(folder)))
      folder = dirname(folder)
  }
}

async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch {
    return false // something is in it, or it is a link
  }
}
