import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import type { Decision, NewEvent } from '@eventwright/core'
import { reject } from '@eventwright/core'
import type { Aggregate, Command, DecideFile, Flow, JsonObject } from '../model/index.ts'
import { DecideError } from './errors.ts'
import { asObject } from './plain.ts'

/** A `decide: ./file.ts#name`, wrapped: its answer is checked against what the command says may come. */
export type Decider = (state: JsonObject, command: JsonObject) => Decision

/** By the name of the command. */
export type Deciders = ReadonlyMap<string, Decider>

/** Imports the file of every command that has one. */
export async function loadDeciders(flow: Flow): Promise<Deciders> {
  const deciders = new Map<string, Decider>()
  for (const command of flow.commands.values()) {
    const aggregate = flow.aggregates.get(command.aggregate)
    if (!command.decide || !aggregate) continue
    deciders.set(command.name, wrap(await importExport(command.decide), command, aggregate))
  }
  return deciders
}

type Outcome = (state: JsonObject, command: JsonObject) => unknown

async function importExport({ path, exportName, place }: DecideFile): Promise<Outcome> {
  let module: Record<string, unknown>
  try {
    module = await import(pathToFileURL(path).href)
  } catch (error) {
    throw new DecideError(place, `${path} cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
  const decide = module[exportName]
  if (typeof decide !== 'function')
    throw new DecideError(place, `${path} has no exported function ${exportName}`)
  return (state, command) => decide(state, command)
}

function wrap(decide: Outcome, command: Command, aggregate: Aggregate): Decider {
  return (state, data) => {
    const answer = call(decide, command, state, data)
    if (answer === undefined || answer === null) return []
    if (answer instanceof Promise) {
      answer.catch(() => undefined) // it is refused here, and so nobody else waits for it
      throw broken(command, 'gives a promise: it must answer at once, since a decision is pure')
    }
    const refusal = refusalIn(answer)
    if (refusal) return checkedRefusal(refusal, command)
    const events = Array.isArray(answer) ? answer : [answer]
    return events.map((event) =>
      checkedEvent(event, command, { [aggregate.id.name]: data[aggregate.id.name] ?? '' }),
    )
  }
}

function call(decide: Outcome, command: Command, state: JsonObject, data: JsonObject): unknown {
  try {
    return decide(state, data)
  } catch (error) {
    throw broken(command, `threw: ${messageOf(error)}`, error)
  }
}

function refusalIn(answer: unknown): { name: string; message?: string } | undefined {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined
  const { name: plain, refusal, message } = asObject(answer)
  // `reject('Name')` of the library says the same in its own words.
  const name = plain ?? refusal
  if (typeof name !== 'string') return undefined
  return typeof message === 'string' ? { name, message } : { name }
}

function checkedRefusal(refusal: { name: string; message?: string }, command: Command): Decision {
  if (!command.refuses.includes(refusal.name)) {
    throw broken(command, `refuses with ${refusal.name}, which its \`refuse:\` does not list`)
  }
  return reject(refusal.name, refusal.message)
}

function checkedEvent(event: unknown, command: Command, id: JsonObject): NewEvent {
  const { type, data } = asObject(event)
  if (typeof type !== 'string' || !command.emits.includes(type)) {
    throw broken(
      command,
      `gives ${inspect(event, { breakLength: Infinity, depth: 2 })}, which is neither an event { type, data } that its \`emit:\` lists nor a refusal { name }`,
    )
  }
  return { type, data: { ...id, ...asObject(data) } }
}

function broken(command: Command, what: string, cause?: unknown): DecideError {
  const place = command.decide?.place ?? command.place
  return new DecideError(place, `${command.decide?.exportName} of ${command.name} ${what}`, { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
