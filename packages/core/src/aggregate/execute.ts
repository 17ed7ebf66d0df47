import {
  checkText,
  hashOf,
  type Ids,
  jsonText,
  type Metadata,
  type NewEvent,
  newId,
  type Telemetry,
} from '../event/index.ts'
import type { CommandRecord, EventStore, Expect, Tx } from '../store/index.ts'
import type { Command, Refusal } from './command.ts'
import { inCommandSpan } from './command-span.ts'
import type { CommandTx } from './command-tx.ts'
import { eventsOf, isRefusal } from './decision.ts'
import { type AggregateDefinition, streamOf } from './definition.ts'
import { CommandIdReused, UnknownCommand } from './errors.ts'
import { beginLoading, foldEvents, type Loaded, loadAggregate } from './load.ts'
import { COMPENSATED, type CommandResult, type ResultOf } from './result.ts'
import { keepSnapshot } from './snapshots.ts'

export interface ExecuteInOptions {
  /** Of the stream, checked before `decide`. A miss is `ConcurrencyError` and is never retried. */
  readonly expect?: Expect
  /** Beside what the command gives: `traceparent` and the like. */
  readonly metadata?: Metadata
}

export interface ExecuteOptions extends ExecuteInOptions {
  /** Makes a retry safe: the same id gives the recorded outcome. Default the command's own, else a UUIDv7. */
  readonly commandId?: string
  readonly tenant?: string
  readonly correlationId?: string
  readonly causationId?: string
  readonly ids?: Ids
  /** The command is decided in a span of its own. Default silent. */
  readonly telemetry?: Telemetry | undefined
}

/** A command as the machinery works on it. */
interface Task {
  readonly tx: CommandTx
  readonly definition: AggregateDefinition
  readonly command: Command & { readonly commandId: string }
  readonly stream: string
  readonly hash: string
  readonly options: ExecuteInOptions
}

/**
 * Decides a command and records its outcome, in a unit of work of its own. A conflict is retried with the
 * aggregate loaded anew, unless the caller gave an `expect`.
 * @throws CommandIdReused ConcurrencyError InvalidPayload UnknownCommand NewerEventVersion, and what `decide` throws
 */
export function execute<Given extends Command>(
  store: EventStore,
  definition: AggregateDefinition,
  command: Given,
  options: ExecuteOptions = {},
): Promise<ResultOf<Given>> {
  const { ids = newId, tenant = command.tenant } = options
  const stamped: Given = {
    ...command,
    commandId: options.commandId ?? command.commandId ?? ids(),
    correlationId: options.correlationId ?? command.correlationId,
    causationId: options.causationId ?? command.causationId,
  }
  const work = (tx: Tx): Promise<ResultOf<Given>> => executeIn(tx, definition, stamped, options)
  return inCommandSpan(options.telemetry, stamped, () =>
    store.transaction(work, tenant === undefined ? {} : { tenant }),
  )
}

/**
 * Decides a command inside a unit of work: its events, its record and what else the unit writes commit
 * together. A conflict runs the whole unit again. The tenant is the unit's. With `compensates`, the forward
 * command is recorded as refused in the same flush, if it has no record yet.
 * @throws as `execute`
 */
export async function executeIn<Given extends Command>(
  tx: CommandTx,
  definition: AggregateDefinition,
  command: Given,
  options: ExecuteInOptions = {},
): Promise<ResultOf<Given>> {
  const task = taskOf(tx, definition, command, options)
  const result = await answer(task)
  // The events and refusals are those that the definition's own decide gave, which is what its creators declare.
  return result as ResultOf<Given>
}

function taskOf(
  tx: CommandTx,
  definition: AggregateDefinition,
  command: Command,
  options: ExecuteInOptions,
): Task {
  const { type, aggregate, id, commandId = newId() } = command
  if (aggregate !== definition.name || !definition.commands.includes(type)) {
    throw new UnknownCommand(`${aggregate}.${type}`, definition.name, definition.commands)
  }
  checkText(id, `The id of ${aggregate}.${type}`)
  const data: unknown = JSON.parse(jsonText(command.data ?? {}, `${aggregate}.${type}`))
  return {
    tx,
    definition,
    command: { ...command, data, commandId },
    stream: streamOf(aggregate, id),
    hash: hashOf({ type, aggregate, id, data }),
    options,
  }
}

async function answer(task: Task): Promise<CommandResult> {
  const { tx, stream, command, hash, definition, options } = task
  // Asked for in one go, and waited for together: what comes after the work has ended would still count as read by it.
  const [found, begun] = await Promise.allSettled([
    tx.commands.find(stream, command.commandId),
    beginLoading(tx, definition, stream),
  ])
  const record = given(found)
  if (record !== undefined) {
    if (record.hash !== null && record.hash !== hash) throw new CommandIdReused(stream, command.commandId)
    return recordedAnswer(task, record)
  }
  definition.check?.(command)
  if (options.expect !== undefined) await tx.append(stream, [], { expect: options.expect })
  await fenceForward(task)
  const loaded = await loadAggregate(tx, definition, stream, given(begun))
  const decision = definition.decide(loaded.state, command, tx.now)
  return isRefusal(decision) ? refuse(task, decision) : happen(task, loaded, eventsOf(decision))
}

function given<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

async function recordedAnswer({ tx, stream }: Task, record: CommandRecord): Promise<CommandResult> {
  const { commandId, outcome, refusal, first = 1, last } = record
  const handled = { commandId, stream, duplicate: true }
  if (outcome === 'refused') return { ...handled, outcome, ...refusalOf(refusal) }
  if (outcome === 'nothing')
    return { ...handled, outcome, version: last ?? (await tx.read(stream, { limit: 1 })).version }
  const { events } = await tx.read(stream, { from: first, to: last })
  return { ...handled, outcome, events, version: last ?? events.at(-1)?.version ?? first }
}

function refusalOf(refusal: CommandRecord['refusal']): {
  readonly refusal: string
  readonly message?: string
} {
  const { name = '', message } = refusal ?? {}
  return message === undefined ? { refusal: name } : { refusal: name, message }
}

/** The forward command may come after its compensation: it must find that it is refused. */
async function fenceForward({ tx, stream, command }: Task): Promise<void> {
  const { compensates } = command
  if (compensates === undefined || (await tx.commands.find(stream, compensates)) !== undefined) return
  tx.commands.record(stream, {
    commandId: compensates,
    hash: null,
    outcome: 'refused',
    refusal: { name: COMPENSATED },
  })
}

function refuse({ tx, stream, command, hash }: Task, { refusal, message }: Refusal): CommandResult {
  const { commandId } = command
  const named = message === undefined ? { name: refusal } : { name: refusal, message }
  jsonText(named, `The refusal of ${command.aggregate}.${command.type}`)
  tx.commands.record(stream, { commandId, hash, outcome: 'refused', refusal: named })
  return { commandId, stream, duplicate: false, outcome: 'refused', ...refusalOf(named) }
}

async function happen(task: Task, loaded: Loaded, decided: readonly NewEvent[]): Promise<CommandResult> {
  const { tx, definition, stream, hash } = task
  const { commandId } = task.command
  if (decided.length === 0) {
    const { version } = loaded
    tx.commands.record(stream, { commandId, hash, outcome: 'nothing', last: version })
    return { commandId, stream, duplicate: false, outcome: 'nothing', version }
  }
  const metadata = metadataOf(task)
  const stamped = decided.map((event) => ({ ...event, metadata: { ...event.metadata, ...metadata } }))
  const { events, version, duplicate } = await tx.append(stream, stamped)
  const first = version - decided.length + 1
  tx.commands.record(stream, { commandId, hash, outcome: 'events', first, last: version })
  if (definition.snapshot !== undefined && !duplicate) {
    keepSnapshot(tx, definition, foldEvents(definition, loaded.state, events), events)
  }
  return { commandId, stream, duplicate, outcome: 'events', events, version }
}

function metadataOf({ command, options }: Task): Metadata {
  const { commandId, correlationId = commandId, saga } = command
  const own = { correlationId, causationId: commandId, commandId }
  return saga === undefined ? { ...options.metadata, ...own } : { ...options.metadata, ...own, saga }
}
