import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { mustStayWithin } from './guard.ts'
import { editsOf, type Holding, lookAt, type Standing } from './holding.ts'
import { type Conflict, merge } from './merge.ts'
import { type Files, hashOf } from './pack.ts'
import type { Place } from './places.ts'
import { recordText, withRecord } from './record.ts'
import type { Shipment } from './shipment.ts'
import { isThere } from './stage.ts'
import type { Change } from './swap.ts'

export type Deed = 'installed' | 'updated' | 'repaired' | 'linked' | 'copied' | 'unchanged'

/** What an install will do at one place, and what stands in its way. */
export interface Step {
  readonly place: Place
  readonly deed: Deed
  /** The version that stood there. */
  readonly from?: string
  readonly change?: Change
  /** Files that another version adds, changes or takes away. */
  readonly differences: Differences
  /** Local edits that stay as they are. */
  readonly kept: readonly string[]
  /** Local edits that are lost; without force, the reason that nothing is done. */
  readonly conflicts: readonly Conflict[]
  /** Something else in the way; without force, the reason that nothing is done. */
  readonly obstacle?: string
  /** What force backs up before it is replaced; an empty list is all of it. */
  readonly backup?: readonly string[]
}

export interface Differences {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export interface Wish {
  readonly shipment: Shipment
  readonly force: boolean
  readonly copy: boolean
}

const NONE: Differences = { added: [], changed: [], removed: [] }

/** The step for the folder that is written once. */
export async function planShared(place: Place, wish: Wish): Promise<Step> {
  await mustStayWithin(place.path, place.within)
  const holding = await lookAt(place.path)
  if (await isSame(place.path, wish.shipment.from.folder)) return unchanged(place, holding)
  if (holding.kind === 'skill') return await planMerge(place, holding.skill, wish)
  return {
    ...inTheWay(place, holding),
    deed: 'installed',
    change: folderChange(place, wish.shipment, wish.shipment.files),
  }
}

/** The step for the folder of one agent: a link to the shared one, or a copy where that is wished or edited. */
export async function planOwn(place: Place, shared: Place, wish: Wish): Promise<Step> {
  await mustStayWithin(place.path, place.within)
  const holding = await lookAt(place.path)
  const target = await realWay(shared.path)
  if (holding.kind !== 'link' && (await realWay(place.path)) === target) return unchanged(place, holding)
  if (holding.kind === 'link' && (await realWay(holding.to)) === target) {
    return wish.copy ? copied(place, holding, wish, true) : unchanged(place, holding)
  }
  if (holding.kind === 'skill' && (wish.copy || isEdited(holding.skill, wish.shipment.files))) {
    return await planMerge(place, holding.skill, wish)
  }
  if (wish.copy) return copied(place, holding, wish, false)
  const put = {
    kind: 'link',
    to: shared.path,
    otherwise: withRecord(wish.shipment.record, wish.shipment.files),
  } as const
  return { ...inTheWay(place, holding), deed: 'linked', change: { path: place.path, put } }
}

function copied(place: Place, holding: Holding, { shipment }: Wish, isOurLink: boolean): Step {
  const way = isOurLink ? nothingInTheWay(place) : inTheWay(place, holding)
  return { ...way, deed: 'copied', change: folderChange(place, shipment, shipment.files) }
}

async function planMerge(place: Place, skill: Standing, { shipment, force }: Wish): Promise<Step> {
  const { files, kept, conflicts } = await merge(skill, shipment.files, force)
  const differences = compare(skill, files)
  const sameRecord = skill.record && recordText(skill.record) === recordText(shipment.record)
  const same = sameRecord && Object.values(differences).every((paths) => paths.length === 0)
  const deed = skill.version === shipment.version ? 'repaired' : 'updated'
  return {
    place,
    deed: same ? 'unchanged' : deed,
    from: skill.version,
    differences,
    kept,
    conflicts,
    ...(conflicts.length === 0 ? {} : { backup: conflicts.map(({ path }) => path) }),
    ...(same ? {} : { change: folderChange(place, shipment, files) }),
  }
}

function compare({ files }: Standing, next: Files): Differences {
  return {
    added: [...next.keys()].filter((path) => !files.has(path)),
    changed: [...next].flatMap(([path, content]) =>
      files.has(path) && files.get(path) !== hashOf(content) ? [path] : [],
    ),
    removed: [...files.keys()].filter((path) => !next.has(path)),
  }
}

/** A copy that nobody edited may give way to a link. */
function isEdited(skill: Standing, next: Files): boolean {
  const edits = editsOf(skill)
  if (edits) return edits.changed.length + edits.added.length > 0
  const { changed, removed } = compare(skill, next)
  return changed.length + removed.length > 0
}

function inTheWay(place: Place, holding: Holding): Omit<Step, 'deed'> {
  const step = nothingInTheWay(place)
  if (holding.kind === 'link') return { ...step, obstacle: `a link to ${holding.to}` }
  if (holding.kind === 'foreign') return { ...step, obstacle: holding.what, backup: [] }
  if (holding.kind === 'skill') return { ...step, from: holding.skill.version }
  return step
}

function nothingInTheWay(place: Place): Omit<Step, 'deed'> {
  return { place, differences: NONE, kept: [], conflicts: [] }
}

function unchanged(place: Place, holding: Holding): Step {
  const from = holding.kind === 'skill' ? { from: holding.skill.version } : {}
  return { ...nothingInTheWay(place), ...from, deed: 'unchanged' }
}

function folderChange({ path }: Place, shipment: Shipment, files: Files): Change {
  return { path, put: { kind: 'folder', files: withRecord(shipment.record, files) } }
}

async function isSame(path: string, folder: string): Promise<boolean> {
  return (await isThere(path)) && (await realWay(path)) === (await realWay(folder))
}

/** Where a path really is, also where its last parts are not there yet. */
export async function realWay(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await realWay(dirname(path)), basename(path))
  }
}
