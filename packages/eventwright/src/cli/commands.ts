import type { Command } from 'commander'
import type { Finish } from './exit-codes.ts'

/** A command before the file that does it is loaded: most of them need much that `--help` and the others do not. */
export interface CommandEntry {
  readonly name: string
  /** Its description, as its own help has it. */
  readonly does: string
  /** Gives what adds the command itself to a program. */
  load(): Promise<(program: Command, finish: Finish) => void>
}

/** All commands, in the order in which help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    does: "run a flow's scenarios for real, on an event store and a broker",
    load: async () => (await import('./run.ts')).addRun,
  },
  {
    name: 'check',
    does: 'find design errors in flow files, each with its place, the reason and how to mend it',
    load: async () => (await import('./check.ts')).addCheck,
  },
  {
    name: 'draw',
    does: 'draw a flow in Mermaid: services and topics, the states of each aggregate, each scenario as it runs',
    load: async () => (await import('./draw.ts')).addDraw,
  },
  {
    name: 'validate',
    does: 'check events in files: the envelope, and the payload by the schema of its type',
    load: async () => (await import('./validate.ts')).addValidate,
  },
  {
    name: 'scaffold',
    does: 'make a service, from nothing or from a flow file; or bring one in step with its flow',
    load: async () => (await import('./scaffold.ts')).addScaffold,
  },
  {
    name: 'topics',
    does: 'Kafka topics as code: check a file of topics, compare it with a cluster, apply it',
    load: async () => (await import('./topics.ts')).addTopics,
  },
  {
    name: 'at',
    does: 'show the state that an aggregate or a saga had at a version or a time, and what changed between two',
    load: async () => (await import('./at.ts')).addAt,
  },
  {
    name: 'log',
    does: 'show the events of a store, of a running system too, without disturbing it',
    load: async () => (await import('./log.ts')).addLog,
  },
  {
    name: 'trace',
    does: 'draw what caused what, over services: commands, events, refusals, sagas, what waits',
    load: async () => (await import('./trace.ts')).addTrace,
  },
  {
    name: 'replay',
    does: 'rebuild a projection beside the live one, and say what differs; nothing in the store changes',
    load: async () => (await import('./replay.ts')).addReplay,
  },
  {
    name: 'dead',
    does: 'dead letters of a store: list them, look at one, have them handled again, drop them',
    load: async () => (await import('./dead.ts')).addDead,
  },
  {
    name: 'epoch',
    does: 'after a restore: begin a new epoch of a log, and let consumers of it go on',
    load: async () => (await import('./epoch.ts')).addEpoch,
  },
  {
    name: 'migrate',
    does: 'bring the tables of a store and its broker up to date, or print the SQL of it',
    load: async () => (await import('./migrate.ts')).addMigrate,
  },
  {
    name: 'install',
    does: 'put the skill where agents look for it: once in .agents/skills, with links for those who look elsewhere',
    load: async () => (await import('./install.ts')).addInstall,
  },
  {
    name: 'list',
    does: 'show where the skill is installed, in which version and state, and which agents read it there',
    load: async () => (await import('./list.ts')).addList,
  },
  {
    name: 'update',
    does: "bring the installed skill to this command's version, where it is installed; local edits stay",
    load: async () => (await import('./update.ts')).addUpdate,
  },
  {
    name: 'remove',
    does: 'remove what install put there, and nothing else',
    load: async () => (await import('./remove.ts')).addRemove,
  },
  {
    name: 'doctor',
    does: 'say per agent which skill it will find, and what is wrong with that',
    load: async () => (await import('./doctor.ts')).addDoctor,
  },
]
