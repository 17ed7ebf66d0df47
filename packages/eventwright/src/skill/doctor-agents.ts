import type { PlaceAt, SkillReport } from './report.ts'
import type { AgentView, Sighting, Survey } from './survey.ts'

/** What the agents in use here find: nothing, two that differ, or one that hides the other. */
export function examineAgents({ agents, sightings }: Survey, report: SkillReport, at: PlaceAt): void {
  for (const view of agents.filter(({ detected }) => detected)) {
    const { agent, finds } = view
    const [folder = ''] = agent.project
    if (finds.length === 0 && sightings.length > 0) {
      report(
        'not-found',
        at(folder),
        `${agent.title} does not find the skill.`,
        `eventwright install --agent ${agent.id}`,
      )
    }
    examineDuplicates(view, report, at)
    examineLevels(view, report, at)
  }
}

function examineDuplicates({ agent, finds }: AgentView, report: SkillReport, at: PlaceAt): void {
  for (const level of ['project', 'user'] as const) {
    const [first, ...others] = finds.filter((found) => found.level === level)
    for (const other of others) {
      if (first === undefined || other.real === first.real || isEqual(first, other)) continue
      const message = `${agent.title} finds ${say(first)} and ${say(other)}.`
      report(
        'duplicate',
        at(other.path),
        message,
        `Remove one: eventwright install --${level} makes a link of a copy.`,
      )
    }
  }
}

function examineLevels({ agent, finds }: AgentView, report: SkillReport, at: PlaceAt): void {
  const project = finds.find(({ level }) => level === 'project')
  const user = finds.find(({ level }) => level === 'user')
  if (!project || !user || project.real === user.real || isEqual(project, user)) return
  const winner =
    agent.wins === undefined
      ? 'which one it takes is not documented'
      : `it takes the one of the ${agent.wins}`
  const loser = agent.wins === 'user' ? project : user
  const message = `${agent.title} finds ${say(project)} and ${say(user)}; ${winner}.`
  report(
    'shadowed',
    at(loser.path),
    message,
    'Keep one: eventwright remove --user, or eventwright update on both levels.',
  )
}

/** The same files: then it does not matter which one is read. */
function isEqual({ skill: { files: a } }: Sighting, { skill: { files: b } }: Sighting): boolean {
  return a.size === b.size && [...a].every(([path, hash]) => hash !== undefined && b.get(path) === hash)
}

function say({ version, path, changed, added }: Sighting): string {
  const edits = changed.length + added.length
  return `${version}${edits === 0 ? '' : ` (with ${edits} local edits)`} in ${path}`
}
