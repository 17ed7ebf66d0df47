import { homedir } from 'node:os'
import process from 'node:process'
import { Option } from 'commander'
import type { Level, Surroundings } from '../skill/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

/** The options that say which level is meant. */
export interface LevelOptions {
  readonly project?: true
  readonly user?: true
}

export function levelOptions(what: string): readonly Option[] {
  return [
    new Option('--project', `${what} in this folder, for everybody who works in it`),
    new Option('--user', `${what} for this user, in every project`),
  ]
}

/** The level that the options name; undefined where they name none. */
export function levelOf({ project, user }: LevelOptions): Level | undefined {
  if (project && user)
    throw new UsageError('--project and --user are two installs; run the command once for each')
  if (user) return 'user'
  return project ? 'project' : undefined
}

/** This machine, as the skill room wants to know it. */
export function surroundings(): Surroundings {
  return { cwd: process.cwd(), home: homedir(), env: process.env }
}

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env.CI
}

/** Runs the work, and ends with 2 for a broken lock file, and with 3 for an agent that is none. */
export async function skillWork(work: () => Promise<ExitCode>): Promise<ExitCode> {
  const { BrokenLockFile, UnknownAgent } = await import('../skill/index.ts')
  try {
    return await work()
  } catch (error) {
    if (error instanceof UnknownAgent) throw new UsageError(error.message)
    if (!(error instanceof BrokenLockFile)) throw error
    process.stderr.write(`eventwright: ${error.message}\n`)
    return EXIT.broken
  }
}

/** A path as people read it: from the folder that they are in, or from their home. */
export function shortPath(path: string): string {
  const { cwd, home } = surroundings()
  if (path === cwd) return '.'
  if (path.startsWith(`${cwd}/`)) return path.slice(cwd.length + 1)
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
