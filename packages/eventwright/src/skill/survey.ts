import { AGENTS, type Agent } from './agents.ts'
import { editsOf, type Holding, lookAt, type Standing, standingAt } from './holding.ts'
import { detectAgents, type Level, type Place, placesOf, placesReadBy, type Surroundings } from './places.ts'
import { realWay } from './plan.ts'
import { isInterrupted } from './stage.ts'

/** The skill as an agent finds it at a place. */
export interface Sighting {
  readonly path: string
  readonly level: Level
  /** Where it really is; two sightings with one `real` are one skill. */
  readonly real: string
  readonly linked: boolean
  readonly version: string
  /** Installed by this command. */
  readonly recorded: boolean
  readonly changed: readonly string[]
  readonly missing: readonly string[]
  readonly added: readonly string[]
  readonly skill: Standing
}

/** A place where something stands that is not the skill, although it has its name. */
export interface Fault {
  readonly path: string
  readonly level: Level
  readonly kind: 'broken-link' | 'foreign' | 'interrupted'
  readonly what: string
}

export interface Survey {
  readonly sightings: readonly Sighting[]
  readonly faults: readonly Fault[]
  /** What each agent finds, in the order that it looks. Those in use here come first. */
  readonly agents: readonly AgentView[]
}

export interface AgentView {
  readonly agent: Agent
  readonly detected: boolean
  readonly finds: readonly Sighting[]
}

/** Looks at every place of both levels. Changes nothing. */
export async function survey(surroundings: Surroundings): Promise<Survey> {
  const sightings = new Map<string, Sighting>()
  const faults: Fault[] = []
  for (const level of ['project', 'user'] as const) {
    for (const place of placesOf(level, surroundings)) {
      if (sightings.has(place.path)) continue // home is the project
      const found = await look(place)
      if (found && 'skill' in found) sightings.set(place.path, found)
      else if (found) faults.push(found)
    }
  }
  const detected = detectAgents(surroundings)
  const views = AGENTS.map((agent): AgentView => {
    const places = (['project', 'user'] as const).flatMap((level) => placesReadBy(agent, level, surroundings))
    const finds = places.flatMap(({ path }) => sightings.get(path) ?? [])
    return { agent, detected: detected.includes(agent), finds: [...new Set(finds)] }
  })
  return { sightings: [...sightings.values()], faults, agents: views }
}

async function look({ path, level }: Place): Promise<Sighting | Fault | undefined> {
  if (await isInterrupted(path)) {
    return { path, level, kind: 'interrupted', what: 'an install was ended in the middle' }
  }
  const holding = await lookAt(path)
  if (holding.kind === 'nothing') return undefined
  if (holding.kind === 'foreign') return { path, level, kind: 'foreign', what: holding.what }
  if (holding.kind === 'skill') return await sighting(path, level, holding.skill, false)
  if (holding.broken) return { path, level, kind: 'broken-link', what: holding.to }
  const behind: Holding = await standingAt(path)
  if (behind.kind === 'skill') return await sighting(path, level, behind.skill, true)
  return { path, level, kind: 'foreign', what: `a link to ${holding.to}` }
}

async function sighting(path: string, level: Level, skill: Standing, linked: boolean): Promise<Sighting> {
  const edits = editsOf(skill) ?? { changed: [], missing: [], added: [] }
  const { version, record } = skill
  return {
    path,
    level,
    real: await realWay(path),
    linked,
    version,
    recorded: record !== undefined,
    ...edits,
    skill,
  }
}
