import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import type { FromWorker, ToWorker } from './worker-messages.ts'

type Asked = Extract<ToWorker, { readonly id: number }>
type Question = Asked extends infer One ? (One extends Asked ? Omit<One, 'id'> : never) : never
export type Reply = Extract<FromWorker, { readonly id: number }>

const KEPT_LINES = 300
/** Milliseconds after which a supervisor tries again, and how often before it gives up. */
const AGAIN_AFTER = 1000
const MOST_TRIES = 100
/** Where the processes of a run keep their code compiled, in the run's folder. */
export const COMPILED = 'compiled'

/** A process that can be started. */
export interface WorkerPlan {
  readonly name: string
  /** The file. */
  readonly program: string
  /** Of the run. */
  readonly folder: string
  /** Handed over as JSON. */
  readonly settings: object
  readonly env?: { readonly [name: string]: string }
  /** One that ends before it is ready, since its engines are away, is started again, as a supervisor does. */
  readonly supervised?: boolean
}

/** All processes of a run, by name. */
export type Workers = ReadonlyMap<string, WorkerProcess>

/** @throws Error where there is none of that name */
export function workerOf(workers: Workers, name: string): WorkerProcess {
  const worker = workers.get(name)
  if (worker === undefined) throw new Error(`there is no process ${name}`)
  return worker
}

/** A process of the flow, as often as it is started. */
export class WorkerProcess {
  readonly plan: WorkerPlan
  readonly #words: string[] = []
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply | undefined>>()
  #child: ChildProcess | undefined
  #ready = Promise.withResolvers<void>()
  #calls = 0
  /** Ends that nobody asked for. */
  readonly surprises: string[] = []
  /** How often it could not start and was started again. */
  startedAgain = 0
  #wanted = true
  #wasReady = false
  #tries = 0
  #retired = false

  constructor(plan: WorkerPlan) {
    this.plan = plan
  }

  start(): void {
    if (this.#retired) return
    if (this.#wasReady) this.#ready = Promise.withResolvers()
    this.#wanted = true
    this.#wasReady = false
    const { program, settings, folder, env } = this.plan
    const child = fork(program, [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...env, NODE_COMPILE_CACHE: join(folder, COMPILED) },
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hearWords(text))
    child.on('message', (message: FromWorker) => this.#hear(message))
    child.on('exit', (code, signal) => this.#ended(child, code, signal))
  }

  /** Resolves when it takes commands, be it after another start. */
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
    if (message.kind === 'ready') {
      this.#wasReady = true
      this.#tries = 0
      this.#ready.resolve()
    } else this.#answer(message.id, message)
  }

  #answer(id: number, reply: Reply | undefined): void {
    this.#waiting.get(id)?.resolve(reply)
    this.#waiting.delete(id)
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (child !== this.#child) return
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined)
    if (!this.#wanted) return
    if (this.plan.supervised && !this.#wasReady && this.#tries < MOST_TRIES) {
      this.startedAgain++
      this.#tries++
      setTimeout(() => this.#wanted && !this.alive && this.start(), AGAIN_AFTER).unref()
    } else this.surprises.push(`${this.plan.name} ended by itself: ${signal ?? code}\n${this.words}`)
  }

  #hearWords(text: string): void {
    this.#words.push(text)
    if (this.#words.length > KEPT_LINES) this.#words.shift()
  }
}

/** Ends all of them when this process is told to end. */
export function endWith(workers: Workers, cleanUp: () => void): Disposable {
  const end = (signal: NodeJS.Signals): void => {
    for (const worker of workers.values()) void worker.retire()
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
