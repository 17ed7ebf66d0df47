import type { DeadLetter, DeadLetterTarget } from '@eventwright/core'
import type { Command } from 'commander'
import { printableMessage } from '../findings/index.ts'
import { UsageError } from './usage-error.ts'

/** What names dead letters. */
export interface TargetOptions {
  readonly consumer?: string
  readonly key?: string
  readonly tenant?: string
  readonly all?: boolean
}

/** Adds the options that choose among dead letters. */
export function withTarget(command: Command): Command {
  return command
    .option('--consumer <name>', 'of this consumer (a service, a consumer, saga:NAME, relay)')
    .option('--key <key>', 'of this key')
    .option('--tenant <tenant>', 'of this tenant; default all')
}

/** The target that a command was given: an id, or what the options name; `--all` for everything. */
export function targetOf(id: string | undefined, options: TargetOptions): DeadLetterTarget {
  const { consumer, key, tenant, all = false } = options
  const ways = [id, consumer ?? key, all ? 'all' : undefined].filter((way) => way !== undefined)
  if (ways.length === 0)
    throw new UsageError('Name a dead letter by its id, or give --key, --consumer or --all.')
  if (ways.length > 1)
    throw new UsageError('Give an id, or --key and --consumer, or --all: they contradict each other.')
  return {
    ...(id === undefined ? {} : { id }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(key === undefined ? {} : { key }),
    ...(tenant === undefined ? {} : { tenant }),
  }
}

/** Why a dead letter is parked, on one line. */
export function whyText({ reason, behind, redriveSince }: DeadLetter): string {
  const marked = redriveSince === undefined ? '' : 'to be redriven; '
  const why = behind ? 'behind one of its key' : `${reason.code}: ${printableMessage(reason.message)}`
  return marked + why
}

/** `3 messages of 2 keys`. */
export function countText({ letters, keys }: { readonly letters: number; readonly keys: number }): string {
  return `${counted(letters, 'message')} of ${counted(keys, 'key')}`
}

/** `1 key`, `2 keys`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
}
