import { cancel, isCancel, multiselect, select } from '@clack/prompts'
import { AGENTS, defaultAgents, type Level, type Surroundings } from '../skill/index.ts'

export interface Answers {
  readonly level: Level
  readonly agents: readonly string[]
}

/** Asks what the command line leaves open; undefined if somebody cancels. */
export async function askInstall(
  level: Level | undefined,
  agents: readonly string[] | undefined,
  surroundings: Surroundings,
): Promise<Answers | undefined> {
  const chosen = level ?? (await askLevel(surroundings))
  if (chosen === undefined) return cancelled()
  const named = agents ?? (await askAgents(chosen, surroundings))
  return named === undefined ? cancelled() : { level: chosen, agents: named }
}

async function askLevel({ cwd, home }: Surroundings): Promise<Level | undefined> {
  const answer = await select<Level>({
    message: 'Where shall the skill be installed?',
    options: [
      { value: 'project', label: 'In this project', hint: cwd },
      { value: 'user', label: 'For me, in every project', hint: home },
    ],
  })
  return isCancel(answer) ? undefined : answer
}

async function askAgents(level: Level, surroundings: Surroundings): Promise<readonly string[] | undefined> {
  const preset = defaultAgents(surroundings).map(({ id }) => id)
  const answer = await multiselect<string>({
    message: 'For which agents?',
    options: AGENTS.map(({ id, title, ...folders }) => ({
      value: id,
      label: title,
      hint: folders[level][0] ?? '',
    })),
    initialValues: preset,
    required: false,
  })
  return isCancel(answer) ? undefined : answer
}

function cancelled(): undefined {
  cancel('Nothing was written.')
  return undefined
}
