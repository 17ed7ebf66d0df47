import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AGENTS, type Agent } from './agents.ts'
import { backUp, backupFolder } from './backup.ts'
import { type Disk, realDisk } from './disk.ts'
import { InstallFailed } from './errors.ts'
import { exclusively } from './exclusive.ts'
import { mustStayWithin } from './guard.ts'
import { lookAt } from './holding.ts'
import { lockEntry } from './lock-entry.ts'
import { lockTextWith, readLockFile } from './lock-file.ts'
import {
  agentsNamed,
  detectAgents,
  type Level,
  ownPlace,
  type Place,
  placesOf,
  rootOf,
  type Surroundings,
  sharedPlace,
} from './places.ts'
import { planOwn, planShared, realWay, type Step } from './plan.ts'
import { type Shipment, shipment } from './shipment.ts'
import { isThere, recover } from './stage.ts'
import { type Change, makeChanges } from './swap.ts'

export interface InstallOptions {
  readonly level: Level
  /** Names of agents; without them Claude Code, and those that have left a trace here. */
  readonly agents?: readonly string[]
  /** Copies instead of links. */
  readonly copy?: boolean
  /** Replaces local edits and what stands in the way, after a backup. */
  readonly force?: boolean
  readonly dryRun?: boolean
}

/** What an install works with; tests bring their own. */
export interface Tools {
  readonly disk?: Disk
  /** Instead of the skill that goes with this command. */
  readonly shipment?: Shipment
}

/** What an install did, would do (`dryRun`), or refused (`blocked`: then nothing was done at all). */
export interface InstallResult {
  readonly level: Level
  readonly root: string
  readonly version: string
  readonly outcome: 'done' | 'planned' | 'blocked'
  readonly steps: readonly Step[]
  /** Agents that were asked for, and read the shared folder by themselves. */
  readonly readers: readonly Agent[]
  /** Links that could not be made; copies stand there. */
  readonly copied: readonly string[]
  readonly backup?: string
  readonly lockFile?: string
  /** Places where an earlier install had been killed, and the skill was put back. */
  readonly restored: readonly string[]
  /** Edited files of the skill that this command itself came with. */
  readonly editedSource: readonly string[]
}

/**
 * Writes the skill once to `.agents/skills/NAME` and links it from the agents that need a folder of their own.
 * All or nothing. Throws UnsafePath, BrokenLockFile, UnknownAgent, SkillNotFound, InstallBusy, InstallFailed.
 */
export async function install(
  options: InstallOptions,
  surroundings: Surroundings,
  tools: Tools = {},
): Promise<InstallResult> {
  const agents = options.agents ? agentsNamed(options.agents) : defaultAgents(surroundings)
  const own = agents.flatMap((agent) => ownPlace(agent, options.level, surroundings) ?? [])
  const readers = agents.filter((agent) => !ownPlace(agent, options.level, surroundings))
  const order = { ...options, own, readers, shipment: tools.shipment ?? (await shipment()) }
  return await installAt(order, surroundings, tools.disk ?? realDisk)
}

/** Brings a level to this command's version, in the folders where it is; undefined where it is in none. */
export async function update(
  options: Omit<InstallOptions, 'agents'>,
  surroundings: Surroundings,
  tools: Tools = {},
): Promise<InstallResult | undefined> {
  const shared = sharedPlace(options.level, surroundings)
  const present: Place[] = []
  for (const place of placesOf(options.level, surroundings))
    if (await holdsSkill(place, shared)) present.push(place)
  if (present.length === 0) return undefined
  const own = present.filter(({ path }) => path !== shared.path)
  const order = { ...options, own, readers: [], shipment: tools.shipment ?? (await shipment()) }
  return await installAt(order, surroundings, tools.disk ?? realDisk)
}

/** Claude Code reads no shared folder and is what most have; others are found by their traces. */
export function defaultAgents(surroundings: Surroundings): readonly Agent[] {
  const found = detectAgents(surroundings)
  return AGENTS.filter((agent) => agent.id === 'claude-code' || found.includes(agent))
}

async function holdsSkill(place: Place, shared: Place): Promise<boolean> {
  const holding = await lookAt(place.path)
  if (holding.kind !== 'link') return holding.kind === 'skill'
  return (await realWay(holding.to)) === (await realWay(shared.path))
}

interface Order extends InstallOptions {
  readonly own: readonly Place[]
  readonly readers: readonly Agent[]
  readonly shipment: Shipment
}

async function installAt(order: Order, surroundings: Surroundings, disk: Disk): Promise<InstallResult> {
  if (order.dryRun) return await plan(order, surroundings)
  const shared = sharedPlace(order.level, surroundings)
  return await withFolder(shared, async (folder) =>
    exclusively(folder, async () => {
      const paths = placesOf(order.level, surroundings).map(({ path }) => path)
      const restored = await recover(paths, disk)
      return { ...(await carryOut(await plan(order, surroundings), order, surroundings, disk)), restored }
    }),
  )
}

/** `.agents` holds the lock of the work; if nothing comes of it, it goes again. */
export async function withFolder<T>(shared: Place, work: (folder: string) => Promise<T>): Promise<T> {
  await mustStayWithin(shared.path, shared.within)
  const folder = dirname(dirname(shared.path))
  const isNew = !(await isThere(folder))
  if (isNew) await mkdir(folder, { recursive: true })
  try {
    return await work(folder)
  } finally {
    if (isNew) await rmdir(folder).catch(() => undefined) // it stays if something is in it
  }
}

async function plan(order: Order, surroundings: Surroundings): Promise<InstallResult> {
  const { level, readers, own, force = false, copy = false } = order
  const wish = { shipment: order.shipment, force, copy }
  const root = rootOf(level, surroundings)
  const lock = level === 'project' ? await readLockFile(root) : undefined
  const shared = sharedPlace(level, surroundings)
  const steps = [await planShared(shared, wish)]
  for (const place of await apart(own)) steps.push(await planOwn(place, shared, wish))
  const blocked =
    !force && steps.some(({ conflicts, obstacle }) => conflicts.length > 0 || obstacle !== undefined)
  const { version, edited } = order.shipment
  return {
    level,
    root,
    version,
    outcome: blocked ? 'blocked' : 'planned',
    steps,
    readers,
    copied: [],
    restored: [],
    editedSource: edited,
    ...(lock ? { lockFile: lock.path } : {}),
  }
}

/** Each folder once, whatever it is called: agents share some, and a folder may be a link to another. */
async function apart(places: readonly Place[]): Promise<readonly Place[]> {
  const found = new Map<string, Place>()
  for (const place of places) {
    const folder = await realWay(dirname(place.path))
    if (!found.has(folder)) found.set(folder, place)
  }
  return [...found.values()]
}

async function carryOut(
  planned: InstallResult,
  { shipment }: Order,
  surroundings: Surroundings,
  disk: Disk,
): Promise<InstallResult> {
  if (planned.outcome === 'blocked') return planned
  const lock = planned.level === 'project' ? await readLockFile(planned.root) : undefined
  const text = lock && lockTextWith(lock, await lockEntry(shipment, surroundings.cwd))
  const last = lock && text !== undefined && text !== lock.text ? { path: lock.path, text } : undefined
  const backup = await backUpAll(planned.steps, planned.root)
  const changes = planned.steps.flatMap(({ change }): readonly Change[] => (change ? [change] : []))
  const copied = await withBackup(backup, () => makeChanges(changes, last, disk))
  return { ...planned, outcome: 'done', copied, ...(backup === undefined ? {} : { backup }) }
}

/** Runs the work that a backup was made for; if everything is as it was, nobody needs it. */
export async function withBackup<T>(backup: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isUndone = error instanceof InstallFailed && error.isUndone
    if (backup !== undefined && isUndone) {
      await rm(backup, { recursive: true, force: true })
      await rmdir(dirname(backup)).catch(() => undefined) // others are in it
    }
    throw error
  }
}

/** Copies what is about to be replaced; gives the folder, or undefined where nothing was. */
export async function backUpAll(
  steps: readonly Pick<Step, 'place' | 'backup'>[],
  root: string,
): Promise<string | undefined> {
  const lost = steps.filter(({ backup }) => backup !== undefined)
  if (lost.length === 0) return undefined
  const folder = backupFolder(root, new Date())
  await mustStayWithin(join(folder, 'any'), root)
  for (const { place, backup = [] } of lost) await backUp(place, backup, folder, root)
  return folder
}
