import type { BrokerEngine, Message } from '@eventwright/core'

/** Comes to rest: resolves when nothing has anything to do. */
export type Rest = () => Promise<void>

/**
 * Does one perturbation to one run of a scenario. What it does to messages, it does between the runtime and whatever
 * engine the broker has, by what the contract of a broker allows.
 */
export interface Adversary {
  /** The broker as the runtime of this run sees it. */
  readonly engine: BrokerEngine
  /** The steps that it disturbed so far, by name. */
  readonly disturbed: ReadonlySet<string>
  /** Brings the system to rest, with what it does before that counts as rest; `last` when nothing follows. */
  rest(rest: Rest, last: boolean): Promise<void>
  /** A command from outside was decided, and is about to be answered. */
  answering(command: Answering): void
}

/** A command from outside that was decided. */
export interface Answering {
  readonly type: string
  readonly id: string
  readonly commandId: string
}

/** What an adversary is made for. */
export interface Victim {
  readonly engine: BrokerEngine
  /** Messages of others in a broker that is kept are left alone. */
  readonly tenant: string
  /** Ends the process in the middle, as `kill -9` does, and starts it again. */
  crash(): void
  /** True when what is committed is published. */
  published(): Promise<boolean>
}

/** A header that the delivery gives each message of a tenant. */
const TENANT_HEADER = 'tenantid'

/** Whether a message is the scenario's own. */
export function isOwn(message: Message, tenant: string): boolean {
  return (message.headers[TENANT_HEADER] ?? '') === tenant
}

/** Whether a step is one of those that were asked for; of all, where none is named. */
export function chosen(steps: readonly string[] | undefined): (step: string) => boolean {
  if (steps === undefined) return () => true
  const wanted = new Set(steps)
  return (step) => wanted.has(step)
}
