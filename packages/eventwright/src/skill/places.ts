import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { AGENTS, type Agent } from './agents.ts'
import { UnknownAgent } from './errors.ts'
import { SHARED, SKILL } from './name.ts'

/** For everybody who works in the project, or for this user in every project. */
export type Level = 'project' | 'user'

/** What a command is told of the machine; tests give their own. */
export interface Surroundings {
  /** The project is this folder. */
  readonly cwd: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A folder where the skill may stand, and the folder that it must not leave by way of links. */
export interface Place {
  readonly path: string
  readonly within: string
  readonly level: Level
  /** The agents that are given it: those that read the shared folder, or those for whom a link stands here. */
  readonly agents: readonly Agent[]
}

/** The folder that everything of a level stands in. */
export function rootOf(level: Level, { cwd, home }: Surroundings): string {
  return level === 'project' ? resolve(cwd) : resolve(home)
}

/** Where the skill is written once. */
export function sharedPlace(level: Level, surroundings: Surroundings): Place {
  const root = rootOf(level, surroundings)
  const path = join(root, SHARED, SKILL)
  const agents = AGENTS.filter((agent) => readsShared(agent, level))
  return { path, within: root, level, agents }
}

/** The folder that this agent alone needs; undefined if it reads the shared one. */
export function ownPlace(agent: Agent, level: Level, surroundings: Surroundings): Place | undefined {
  if (readsShared(agent, level)) return undefined
  const [first] = agent[level]
  return first === undefined ? undefined : placeIn(first, level, surroundings)
}

/** Every place of a level that any agent reads, each once, the shared one first. */
export function placesOf(level: Level, surroundings: Surroundings): readonly Place[] {
  const shared = sharedPlace(level, surroundings)
  const folders = AGENTS.flatMap((agent) => agent[level])
  const others = [...new Set(folders)].map((folder) => placeIn(folder, level, surroundings))
  const known = new Set([shared.path])
  return [shared, ...others.filter(({ path }) => !known.has(path) && known.add(path))]
}

/** The places that one agent reads on a level, in its order. */
export function placesReadBy(agent: Agent, level: Level, surroundings: Surroundings): readonly Place[] {
  return agent[level].map((folder) => placeIn(folder, level, surroundings))
}

/** Agents that have left a trace on this machine or in this project. */
export function detectAgents(surroundings: Surroundings): readonly Agent[] {
  return AGENTS.filter(({ traces }) =>
    traces.some((trace) => existsSync(resolve(surroundings.cwd, expand(trace, surroundings).path))),
  )
}

/** The agents of these names, in the order of the table. */
export function agentsNamed(names: readonly string[]): readonly Agent[] {
  const unknown = names.find((name) => !AGENTS.some(({ id }) => id === name))
  if (unknown === undefined) return AGENTS.filter(({ id }) => names.includes(id))
  const known = AGENTS.map(({ id }) => id).join(', ')
  throw new UnknownAgent(`There is no agent '${unknown}'. There are ${known}.`)
}

function readsShared(agent: Agent, level: Level): boolean {
  return agent[level].some((folder) => folder.replace(/^~\//, '') === SHARED)
}

function placeIn(folder: string, level: Level, surroundings: Surroundings): Place {
  const { path, moved } = expand(folder, surroundings)
  const root = rootOf(level, surroundings)
  const absolute = isAbsolute(path) ? path : join(root, path)
  return {
    path: join(absolute, SKILL),
    within: moved ?? root,
    level,
    agents: AGENTS.filter((agent) => agent[level][0] === folder && !readsShared(agent, level)),
  }
}

/** `moved` is where an environment variable points: whoever set it may point out of the home folder. */
function expand(
  path: string,
  { home, env }: Surroundings,
): { readonly path: string; readonly moved: string | undefined } {
  const [, variable = '', fallback = '', rest = ''] = /^\{(\w+)\|([^}]+)\}(.*)$/.exec(path) ?? []
  if (variable === '') return { path: path.replace(/^~/, () => resolve(home)), moved: undefined }
  const value = env[variable]?.trim()
  if (!value) return expand(fallback + rest, { cwd: '', home, env })
  const moved = resolve(value.replace(/^~(?=\/|$)/, () => home))
  return { path: moved + rest, moved }
}
