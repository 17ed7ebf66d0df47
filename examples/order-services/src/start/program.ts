import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/** A service that runs as a program of its own. */
export interface Program {
  readonly name: string
  readonly url: string
  readonly child: ChildProcess
}

/** A program ended before it was ready. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
  /** What the run ends with for it: 3 where the program says that a setting is wrong. */
  readonly exit: 3 | 4

  constructor(program: string, end: number | NodeJS.Signals | null) {
    super(`${program} ended (${end}) before it was ready`)
    this.exit = end === 3 ? 3 : 4
  }
}

const told = z.object({ url: z.string() })
const LOOK_EVERY = 30

/** Starts a service and resolves when it is ready. @throws CannotStart */
export async function startProgram(
  name: string,
  env: { readonly [name: string]: string },
  started: (child: ChildProcess) => void,
): Promise<Program> {
  // In a process group of its own: a Ctrl-C reaches only whoever started it, which then lets it drain.
  const child = fork(join(import.meta.dirname, '..', name, 'main.ts'), {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  started(child)
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message) => resolve(told.parse(message).url))
    child.on('error', reject)
    child.on('exit', (code, signal) => reject(new CannotStart(name, signal ?? code)))
  })
  while (!(await fetch(`${url}/health/ready`)).ok) await sleep(LOOK_EVERY)
  return { name, url, child }
}

/** Lets a service drain; resolves with its exit code. */
export async function stopProgram(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (isRunning(child)) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return exitOf(child)
}

/** What a program ended with: its exit code, or what killed it. */
export function exitOf({ signalCode, exitCode }: ChildProcess): number | NodeJS.Signals | null {
  return signalCode ?? exitCode
}

export function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}
