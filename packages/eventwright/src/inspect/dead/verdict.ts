import {
  type AggregateDefinition,
  type Catalog,
  type Command,
  type CommandResult,
  type DeadLetter,
  executeIn,
  fromCloudEvent,
  isTechnical,
  type StoreEngine,
} from '@eventwright/core'
import { type Code, listed } from '../code/code.ts'
import { saidBy } from '../errors.ts'

/** What the code would make of a dead letter now, without doing it. */
export interface Verdict {
  /** `unknown`: this code does not have what would handle it. */
  readonly outcome: 'handled' | 'refused' | 'passed' | 'waits' | 'parked' | 'unknown'
  readonly text: string
  /** The payload as the handler would get it. */
  readonly payload?: unknown
}

const RELAY = 'relay'

/** Reads, checks and upcasts a dead letter by this code; a command is decided on the state of now, and nothing is written. */
export async function verdictOf(letter: DeadLetter, code: Code, engine: StoreEngine): Promise<Verdict> {
  if (letter.consumer === RELAY) {
    return {
      outcome: 'unknown',
      text: 'The relay parked it: whether it can be published is seen when it is redriven.',
    }
  }
  const command = commandIn(letter)
  if (command) return ofCommand(command, code, engine)
  const hears = hearerOf(letter.consumer, code)
  if (hears) return ofEvent(letter, hears)
  const known = listed([...code.consumers.keys(), ...[...code.sagas.keys()].map((name) => `saga:${name}`)])
  return { outcome: 'unknown', text: `${code.origin} has no consumer ${letter.consumer} (it has: ${known}).` }
}

interface Hearer {
  readonly catalog: Catalog
  readonly hears: (type: string) => boolean
}

function hearerOf(consumer: string, { consumers, sagas }: Code): Hearer | undefined {
  const own = consumers.get(consumer)
  if (own) return { catalog: own.catalog, hears: (type) => own.types.includes(type) }
  const saga = consumer.startsWith('saga:') ? sagas.get(consumer.slice('saga:'.length)) : undefined
  return (
    saga && {
      catalog: saga.catalog,
      hears: (type) => saga.catalog.types.size === 0 || saga.catalog.types.has(type),
    }
  )
}

function ofEvent({ message }: DeadLetter, { catalog, hears }: Hearer): Verdict {
  try {
    const { event, namespace } = fromCloudEvent(message.value)
    const { type, schemaVersion } = event
    if (isTechnical(type))
      return { outcome: 'handled', text: `It can be read: an answer (${type}).`, payload: event.data }
    if (!hears(type) || namespace !== catalog.namespaceOf(type))
      return { outcome: 'passed', text: `It would be passed over: ${namespace}.${type} is not heard.` }
    if (catalog.isNewer(event))
      return { outcome: 'waits', text: `It would wait: ${type} v${schemaVersion} is newer than this code.` }
    catalog.receive(type, schemaVersion, event.data)
    const { data: payload } = catalog.upcast({ ...event, version: event.version ?? 0 })
    const text = `It would be given to the handler: ${type} v${schemaVersion} is valid. What the handler does with it is seen when it is redriven.`
    return { outcome: 'handled', text, payload }
  } catch (error) {
    return { outcome: 'parked', text: `It would be parked again: ${saidBy(error)}` }
  }
}

type Identified = Command & { readonly commandId: string }

/** A command's envelope is the command itself. */
function commandIn({ message }: DeadLetter): Identified | undefined {
  if (!/\bvnd\.eventwright\.command\b/.test(message.headers['content-type'] ?? '')) return undefined
  try {
    const value: unknown = JSON.parse(message.value)
    return isCommand(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCommand(value: unknown): value is Identified {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  return ['type', 'aggregate', 'id', 'commandId'].every((name) => typeof fields.get(name) === 'string')
}

async function ofCommand(command: Identified, code: Code, engine: StoreEngine): Promise<Verdict> {
  const definition = code.aggregates.get(command.aggregate)
  if (!definition) {
    const text = `${code.origin} has no aggregate ${command.aggregate} (it has: ${listed(code.aggregates.keys())}).`
    return { outcome: 'unknown', text }
  }
  try {
    return told(await decideOnly(command, definition, engine), definition)
  } catch (error) {
    return { outcome: 'parked', text: `It would be parked again: ${saidBy(error)}` }
  }
}

/** What a unit of work throws so that nothing of it is written. */
class Undone extends Error {
  readonly result: CommandResult

  constructor(result: CommandResult) {
    super('undone')
    this.result = result
  }
}

async function decideOnly(
  command: Identified,
  definition: AggregateDefinition,
  engine: StoreEngine,
): Promise<CommandResult> {
  const store = await engine.openStore({ catalog: definition.catalog })
  const { tenant = '' } = command
  try {
    return await store.transaction(
      async (tx): Promise<never> => {
        throw new Undone(await executeIn(tx, definition, command))
      },
      { tenant },
    )
  } catch (error) {
    if (error instanceof Undone) return error.result
    throw error
  } finally {
    await store.close()
  }
}

function told(result: CommandResult, { name }: AggregateDefinition): Verdict {
  const again = result.duplicate ? ' It was decided before, so that nothing would happen.' : ''
  if (result.outcome === 'refused')
    return { outcome: 'refused', text: `${name} would refuse it: ${result.refusal}.${again}` }
  if (result.outcome === 'nothing')
    return { outcome: 'handled', text: `${name} would decide on nothing.${again}` }
  const events = result.events.map(({ type }) => type).join(', ')
  return { outcome: 'handled', text: `${name} would decide on ${events}.${again}` }
}
