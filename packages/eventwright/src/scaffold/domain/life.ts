import { type AggregateDefinition, isRefusal, type NewEvent, type Command as Sent } from '@eventwright/core'
import type { Aggregate, Command, Flow, Json, JsonObject } from '../../flow/index.ts'
import { variants } from './variants.ts'

/** What a command came to, and the events that led there. */
export interface Episode {
  readonly given: readonly NewEvent[]
  readonly command: Command
  readonly data: JsonObject
  readonly id: string
  /** The state in which it was decided. */
  readonly status: string
  readonly outcome: { readonly events: readonly NewEvent[] } | { readonly refusal: string }
}

/** How many states are looked at, and how many commands long a way to one may be. */
const LIMITS = { states: 40, length: 4 }
/** The time that decisions see: that of the library's own tests. */
export const NOW: number = Date.UTC(2026, 0, 1)

/**
 * Walks an aggregate's life from nothing, with the flow's examples and what differs a little from them. One episode
 * for each transition that it finds, for each refusal, and for each command that did nothing.
 */
export function episodes(
  flow: Flow,
  aggregate: Aggregate,
  definition: AggregateDefinition,
): readonly Episode[] {
  const commands = aggregate.commands.flatMap((name) => flow.commands.get(name) ?? [])
  const id = String(aggregate.id.example)
  const found = new Map<string, Episode>()
  const start = definition.initial()
  const walk = {
    seen: new Set([JSON.stringify(start)]),
    queue: [{ given: [], state: start, length: 0 }] as Moment[],
  }
  // What is found on the way is walked as well.
  for (const moment of walk.queue) {
    for (const command of commands) {
      const [example = {}, ...others] = variants(command, aggregate.id.name)
      const look = (data: JsonObject): void => {
        const episode = decide(definition, moment, command, { id, data })
        if (episode === undefined) return
        const key = keyOf(episode)
        if (!found.has(key)) found.set(key, episode)
        if ('events' in episode.outcome) follow(definition, moment, episode.outcome.events, walk)
      }
      look(example)
      if (isOpen(command, found)) others.forEach(look)
    }
  }
  return commands.flatMap((command) => [...found.values()].filter((one) => one.command === command))
}

/** Whether a command has a refusal or an outcome that nothing has led to yet. */
function isOpen(command: Command, found: ReadonlyMap<string, Episode>): boolean {
  const { refuses, branches, ignore, name } = command
  const own = [...found].filter(([, episode]) => episode.command === command).map(([key]) => key)
  const outcomes = new Set(branches.map(({ events }) => events.map(({ event }) => event).join(' ')))
  const ways = [...outcomes].filter((types) => types !== '' && !own.some((key) => key.endsWith(`: ${types}`)))
  const nothing = (ignore.when !== undefined || outcomes.has('')) && !own.includes(`${name} nothing`)
  return nothing || ways.length > 0 || refuses.some((refusal) => !own.includes(`${name} ${refusal}`))
}

/** A point in an aggregate's life. */
interface Moment {
  readonly given: readonly NewEvent[]
  readonly state: unknown
  readonly length: number
}

function follow(
  definition: AggregateDefinition,
  { given, state, length }: Moment,
  events: readonly NewEvent[],
  { seen, queue }: { readonly seen: Set<string>; readonly queue: Moment[] },
): void {
  if (events.length === 0 || length >= LIMITS.length || seen.size >= LIMITS.states) return
  const after = evolve(definition, state, events)
  const key = JSON.stringify(after)
  if (after === undefined || seen.has(key)) return
  seen.add(key)
  queue.push({ given: [...given, ...events], state: after, length: length + 1 })
}

function evolve(definition: AggregateDefinition, state: unknown, events: readonly NewEvent[]): unknown {
  const place = { tenant: '', stream: `${definition.name}-1`, schemaVersion: 1, metadata: {}, id: '' }
  try {
    return events.reduce(
      (current, event, index) =>
        definition.evolve(current, {
          ...place,
          ...event,
          id: '',
          metadata: {},
          version: index + 1,
          schemaVersion: 1,
        }),
      state,
    )
  } catch {
    return undefined
  }
}

// An expression may fail for data that no scenario has: that is no test that a person would write.
function decide(
  definition: AggregateDefinition,
  { given, state }: Moment,
  command: Command,
  { id, data }: { readonly id: string; readonly data: JsonObject },
): Episode | undefined {
  const sent: Sent = { type: command.name, aggregate: definition.name, id, data }
  try {
    definition.check?.(sent)
    const decision = definition.decide(state, sent, NOW)
    const status = statusOf(state)
    if (isRefusal(decision))
      return { given, command, data, id, status, outcome: { refusal: decision.refusal } }
    const events = [decision ?? []].flat()
    for (const event of events) definition.catalog.prepare(event)
    return { given, command, data, id, status, outcome: { events } }
  } catch {
    return undefined
  }
}

function statusOf(state: unknown): string {
  return typeof state === 'object' && state !== null && 'status' in state ? String(state.status) : ''
}

function keyOf({ command, status, outcome }: Episode): string {
  if ('refusal' in outcome) return `${command.name} ${outcome.refusal}`
  if (outcome.events.length === 0) return `${command.name} nothing`
  return `${command.name} in ${status}: ${outcome.events.map(({ type }) => type).join(' ')}`
}

/** A payload of the flow as plain JSON. */
export function plain(data: unknown): Json {
  return JSON.parse(JSON.stringify(data ?? {})) as Json
}
