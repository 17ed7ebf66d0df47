import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { COMPILED } from './layout.ts'
import type { WorkerSettings } from './worker.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

type Asked = Extract<ToWorker, { readonly id: number }>
type Question = Asked extends infer One ? (One extends Asked ? Omit<One, 'id'> : never) : never
export type Reply = Extract<FromWorker, { readonly id: number }>

const PROGRAM = join(import.meta.dirname, 'worker.ts')
const KEPT_LINES = 300

/** A process of the flow, as often as it is started. */
export class WorkerProcess {
  readonly settings: WorkerSettings
  readonly #words: string[] = []
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply | undefined>>()
  #child: ChildProcess | undefined
  #ready = Promise.withResolvers<void>()
  #calls = 0
  /** Ends that nobody asked for. */
  readonly surprises: string[] = []
  #wanted = true
  #retired = false

  constructor(settings: WorkerSettings) {
    this.settings = settings
  }

  start(): void {
    if (this.#retired) return
    this.#ready = Promise.withResolvers()
    this.#wanted = true
    const child = fork(PROGRAM, [JSON.stringify(this.settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.settings.folder, COMPILED) },
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hearWords(text))
    child.on('message', (message: FromWorker) => this.#hear(message))
    child.on('exit', (code, signal) => this.#ended(child, code, signal))
  }

  /** Resolves when it takes commands; not at all if it ends before. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get alive(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** What it said last on stderr. */
  get words(): string {
    return this.#words.join('')
  }

  /** Its answer; nothing if it ended before, or cannot do it now. */
  async ask(question: Question): Promise<Reply | undefined> {
    const id = ++this.#calls
    const waiter = Promise.withResolvers<Reply | undefined>()
    this.#waiting.set(id, waiter)
    if (!this.#send({ ...question, id })) this.#answer(id, undefined)
    return waiter.promise
  }

  dieInCommit(commits: number): void {
    this.#wanted = false
    this.#send({ kind: 'dieInCommit', commits })
  }

  /** Stands still until `goOn`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Asks it to end in order. */
  terminate(): void {
    this.#wanted = false
    this.#child?.kill('SIGTERM')
  }

  async kill(): Promise<void> {
    this.#wanted = false
    this.#child?.kill('SIGKILL')
    await this.ended()
  }

  /** Ends it for good: a kill that is still under way starts nothing again. */
  async retire(): Promise<void> {
    this.#retired = true
    await this.kill()
  }

  /** Resolves, with its exit code, when it has ended. */
  async ended(): Promise<number | null> {
    if (this.alive && this.#child) await once(this.#child, 'exit')
    return this.#child?.exitCode ?? null
  }

  #send(message: ToWorker): boolean {
    if (!this.alive || this.#child?.connected !== true) return false
    // It may be killed at this very moment: its end is told elsewhere.
    this.#child.send(message, () => {})
    return true
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'ready') this.#ready.resolve()
    else this.#answer(message.id, message)
  }

  #answer(id: number, reply: Reply | undefined): void {
    this.#waiting.get(id)?.resolve(reply)
    this.#waiting.delete(id)
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (child !== this.#child) return
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined)
    if (this.#wanted)
      this.surprises.push(`${this.settings.worker} ended by itself: ${signal ?? code}\n${this.words}`)
  }

  #hearWords(text: string): void {
    this.#words.push(text)
    if (this.#words.length > KEPT_LINES) this.#words.shift()
  }
}

/** Ends all of them when this process is told to end. */
export function endWith(workers: readonly WorkerProcess[], cleanUp: () => void): Disposable {
  const end = (signal: NodeJS.Signals): void => {
    for (const worker of workers) void worker.retire()
    cleanUp()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  return {
    [Symbol.dispose]() {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
    },
  }
}
