import { flushCompileCache } from 'node:module'
import process from 'node:process'
import type { App, Command } from '@eventwright/core'
import type { FromWorker, Outcome, ToWorker } from './worker-messages.ts'

/** Does what the run says to this process, until it ends. `shaped` is a command as the app takes it. */
export function obey(app: App, shaped: (command: Command) => Command = (command) => command): void {
  // Whoever started it was killed itself: nobody would ever end it.
  process.on('disconnect', () => process.exit())
  process.on('message', (message: ToWorker) => void hear(app, message, shaped))
  say({ kind: 'ready' })
  // One that is killed writes no cache at its end, and the next start would compile everything again.
  flushCompileCache()
}

type Shape = (command: Command) => Command

async function hear(app: App, message: ToWorker, shaped: Shape): Promise<void> {
  if (message.kind === 'dieInCommit') return dieInCommit(app, message.commits)
  try {
    say(await answer(app, message, shaped))
  } catch (error) {
    say({ kind: 'error', id: message.id, error: String(error) })
  }
}

async function answer(
  app: App,
  message: Exclude<ToWorker, { kind: 'dieInCommit' }>,
  shaped: Shape,
): Promise<FromWorker> {
  const { kind, id } = message
  if (kind === 'health') return { kind, id, health: await app.health() }
  if (kind === 'idle') {
    await app.idle({ timeout: 20_000 })
    return { kind, id, commits: await app.store.commits() }
  }
  const result = await app.execute(shaped(message.command))
  const refusal = result.outcome === 'refused' ? { refusal: result.refusal } : {}
  const outcome: Outcome = { outcome: result.outcome, ...refusal }
  return { kind: 'outcome', id, outcome }
}

function dieInCommit(app: App, commits: number): void {
  let left = commits
  app.store.onCommit(() => {
    left--
    if (left <= 0) process.kill(process.pid, 'SIGKILL')
  })
}

function say(message: FromWorker): void {
  // The run may have gone: then there is nobody to tell.
  if (process.connected) process.send?.(message)
}
