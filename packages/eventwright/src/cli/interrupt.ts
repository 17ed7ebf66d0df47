import process from 'node:process'
import { remainsNow } from './remains.ts'

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof CODES

/** What a command is ended with in the middle: it has closed what it opened, and says nothing more. */
export class Interrupted extends Error {
  /** What a shell reports for a process that the signal ended. */
  readonly exitCode: number

  constructor(signal: Signal) {
    super(signal)
    this.exitCode = CODES[signal]
  }
}

const live = new Set<AbortController>()

/** As a first Ctrl-C, to whatever can be interrupted now. */
export function interruptAll(): void {
  for (const controller of live) controller.abort(new Interrupted('SIGINT'))
}

/** Aborts at the first SIGINT, SIGTERM or SIGHUP, with `Interrupted`; a second one ends the process at once. */
export function interruptible(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  live.add(controller)
  const listener = (signal: NodeJS.Signals): void => {
    const reason = new Interrupted(isKnown(signal) ? signal : 'SIGTERM')
    if (controller.signal.aborted) {
      for (const remains of remainsNow()) process.stderr.write(`eventwright: left behind: ${remains}\n`)
      process.exit(reason.exitCode)
    }
    controller.abort(reason)
  }
  const names = Object.keys(CODES).filter(isKnown)
  for (const name of names) process.on(name, listener)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      live.delete(controller)
      for (const name of names) process.off(name, listener)
    },
  }
}

function isKnown(name: string): name is Signal {
  return name in CODES
}
