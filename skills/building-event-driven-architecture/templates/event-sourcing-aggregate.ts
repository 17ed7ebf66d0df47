/**
 * An event-sourced aggregate in one file: copy it, keep sections 1 to 4, replace section 5 by your own aggregate.
 *
 *   node event-sourcing-aggregate.ts      runs the demonstration at the end (Node 24, nothing to install)
 *
 * What holds, also under races and redelivery:
 * - A command has an id. The same command again gets the answer that it got, and nothing happens twice.
 * - An event has an id, made from its command's: a repeated append is told from a conflict.
 * - Of two writers that read the same version one is told to look again; it decides anew on what is there now.
 * - A payload is checked before it is stored; an old one is lifted to today's version when it is read.
 * - A snapshot saves reading. Nothing depends on it: lost, out of date or of another history, it is left aside.
 *
 * `EventStore` is the part of `@eventwright/core`'s store that is used here, so the aggregate runs unchanged on it:
 * `aggregateRoot(Stock, await sqlite('shop.db').openStore())`.
 */
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

// 1. The event store: what it promises, and one in memory.

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

export interface Metadata {
  readonly commandId?: string
  readonly correlationId?: string
  readonly causationId?: string
  readonly traceparent?: string
  readonly [key: string]: Json | undefined
}

export interface NewEvent {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly schemaVersion: number
  readonly metadata: Metadata
}

export interface StoredEvent extends NewEvent {
  /** In its stream, from 1, without gaps. */
  readonly version: number
}

/** What the stream must look like: at this version, not there (`'none'`), there (`'exists'`), or `'any'`. */
export type Expect = number | 'none' | 'exists' | 'any'

export interface Appended {
  readonly version: number
  readonly events: readonly StoredEvent[]
  /** True: these very events were there already, and nothing was written. */
  readonly duplicate: boolean
}

export interface EventStore {
  /**
   * Appends all or none. Looks at the ids *before* `expect`: a retry whose first answer was lost must hear "done", not
   * "conflict". A miss of `expect` throws an error whose `code` is ConcurrencyError; ids that are known with other
   * content, or only in part, one whose `code` is EventIdReused.
   */
  append(
    stream: string,
    events: readonly NewEvent[],
    options?: { readonly expect?: Expect },
  ): Promise<Appended>
  /** From `from` to `to`, both included; default all. `version` is the stream's, 0 where there is none. */
  read(
    stream: string,
    options?: { readonly from?: number; readonly to?: number },
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly version: number }>
}

/** An error that is told by its `code`, whichever package threw it. */
export class Failure extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = code
    this.code = code
  }
}

/** The contract in memory. It checks and writes without an `await` between, so that no other call comes between. */
export function memoryStore(): EventStore {
  const streams = new Map<string, StoredEvent[]>()
  const ids = new Set<string>()
  return {
    async append(stream, given, { expect = 'any' } = {}) {
      const there = streams.get(stream) ?? []
      const events = copy(given)
      if (events.some(({ id }) => ids.has(id))) return answerKnown(stream, there, events)
      if (new Set(events.map(({ id }) => id)).size < events.length) throw idReused(stream)
      meet(stream, there.length, expect)
      const added = events.map((event, index) => ({ ...event, version: there.length + index + 1 }))
      for (const event of added) {
        there.push(event)
        ids.add(event.id)
      }
      streams.set(stream, there)
      return { version: there.length, events: copy(added), duplicate: false }
    },
    async read(stream, { from = 1, to = Number.POSITIVE_INFINITY } = {}) {
      const there = streams.get(stream) ?? []
      return { events: copy(there.slice(Math.max(from, 1) - 1, Math.max(to, 0))), version: there.length }
    },
  }
}

function answerKnown(stream: string, there: readonly StoredEvent[], events: readonly NewEvent[]): Appended {
  const first = there.findIndex(({ id }) => id === events[0]?.id)
  const same = first < 0 ? [] : there.slice(first, first + events.length)
  if (same.length !== events.length || !same.every((event, index) => isSame(event, events[index]))) {
    throw idReused(stream)
  }
  return { version: same.at(-1)?.version ?? 0, events: copy(same), duplicate: true }
}

function idReused(stream: string): Failure {
  return new Failure(
    'EventIdReused',
    `Some of these event ids stand for other events than those of ${stream}.`,
  )
}

/** Metadata does not count: a trace id differs from try to try. */
function isSame(there: NewEvent, given: NewEvent | undefined): boolean {
  const of = ({ id, type, data }: NewEvent): string => canonical({ id, type, data })
  return given !== undefined && of(there) === of(given)
}

function meet(stream: string, version: number, expect: Expect): void {
  const wanted = { none: version === 0, exists: version > 0, any: true }
  if (!(typeof expect === 'number' ? expect === version : wanted[expect]))
    throw conflict(stream, version, expect)
}

function conflict(stream: string, version: number, expect: Expect): Failure {
  return new Failure('ConcurrencyError', `${stream} is at version ${version}, not as expected (${expect}).`)
}

/** What a database would give back: data, and nobody else's object. */
function copy<Value>(value: Value): Value {
  checkJson(value)
  return JSON.parse(JSON.stringify(value))
}

/** What JSON would change or lose on the way (NaN, a date, a map, a bigint) is refused here, and not missed later. */
function checkJson(value: unknown, place = ''): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
    return
  const isList = Array.isArray(value)
  if (typeof value !== 'object' || !(isList || isPlain(value))) {
    throw new Failure('InvalidPayload', `${place}: JSON has nothing for ${String(value)}.`)
  }
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== undefined || isList) checkJson(inner, `${place}/${name}`)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

// 2. Schemas: anything with `parse` will do (a zod schema, say); these few need nothing installed.

export interface Schema<Value> {
  /** Gives the value, or throws. */
  parse(value: unknown): Value
  /** The same for what is stored. A newer release may have added a field: that is no fault. Default: `parse`. */
  readonly read?: (value: unknown) => Value
}

export function text(): Schema<string> {
  return schema(
    'a text that is not empty',
    (value): value is string => typeof value === 'string' && value !== '',
  )
}

export function integer({ minimum }: { readonly minimum: number }): Schema<number> {
  const holds = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= minimum
  return schema(`a whole number from ${minimum}`, holds)
}

export function optional<Value>(inner: Schema<Value>): Schema<Value | undefined> {
  return {
    parse: (value) => (value === undefined ? undefined : inner.parse(value)),
    read: (value) => (value === undefined ? undefined : readWith(inner, value)),
  }
}

function readWith<Value>(schema: Schema<Value>, value: unknown): Value {
  return schema.read ? schema.read(value) : schema.parse(value)
}

/** Exactly these fields where one writes, at least these where one reads. */
export function fields<Value extends object>(
  shape: {
    readonly [Key in keyof Value]-?: Schema<Value[Key]>
  },
): Schema<Value> {
  const holds = (value: unknown, reading: boolean): value is Value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const given = new Map<string, unknown>(Object.entries(value))
    for (const name in shape) parseField(name, shape[name], given.get(name), reading)
    const stray = [...given.keys()].find((name) => !Object.hasOwn(shape, name))
    if (stray !== undefined && !reading)
      throw new Failure('InvalidPayload', `/${stray} is not a field of it.`)
    return true
  }
  const what = `an object with ${Object.keys(shape).join(', ') || 'no fields'}`
  return {
    ...schema(what, (value): value is Value => holds(value, false)),
    read: schema(what, (value): value is Value => holds(value, true)).parse,
  }
}

function schema<Value>(what: string, holds: (value: unknown) => value is Value): Schema<Value> {
  return {
    parse(value) {
      if (holds(value)) return value
      throw new Failure('InvalidPayload', `: expected ${what}, got ${inspect(value)}.`)
    },
  }
}

function parseField(name: string, field: Schema<unknown>, value: unknown, reading: boolean): void {
  try {
    if (reading) readWith(field, value)
    else field.parse(value)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Failure('InvalidPayload', `/${name}${said}`)
  }
}

// 3. What an aggregate is: pure functions on plain data.

/** A type of event: today's schema version, its schema, and how each older version becomes the next one. */
export interface EventType<Data> {
  readonly version: number
  readonly schema: Schema<Data>
  readonly upcast?: { readonly [fromVersion: number]: (old: Fields) => Fields }
}

export type Fields = { readonly [name: string]: unknown }

type EventOf<Events> = {
  [Type in keyof Events & string]: { readonly type: Type; readonly data: Events[Type] }
}[keyof Events & string]

/** Events, none (nothing to do), or a refusal, which is an answer and not an error. */
export type Decision<Events> = readonly EventOf<Events>[] | { readonly refusal: string }

export interface Aggregate<State, Commands, Events> {
  /** Without `-`: `NAME-ID` is the stream. */
  readonly name: string
  readonly initial: State
  readonly commands: { readonly [Type in keyof Commands]: Schema<Commands[Type]> }
  readonly events: { readonly [Type in keyof Events]: EventType<Events[Type]> }
  readonly decide: {
    readonly [Type in keyof Commands]: (state: State, data: Commands[Type]) => Decision<Events>
  }
  readonly evolve: { readonly [Type in keyof Events]: (state: State, data: Events[Type]) => State }
  /** Count it up when `evolve` or the state changes: snapshots of another version are left aside. */
  readonly stateVersion: number
}

// 4. The root: loads, decides, appends, and answers a repeated command as it did the first time.

export type Outcome = {
  readonly commandId: string
  readonly version: number
  readonly duplicate: boolean
} & (
  | { readonly outcome: 'events'; readonly events: readonly StoredEvent[] }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'refused'; readonly refusal: string }
)

/** What became of a command: the versions that it wrote. */
interface Answer {
  readonly hash: string
  readonly first: number
  readonly last: number
  /** Of a command that gave no events: '' for nothing, else the refusal's name. */
  readonly refusal?: string
}

export interface Snapshot<State> {
  readonly stateVersion: number
  readonly version: number
  /** The event at that version. Another one there means another history: somebody restored a backup. */
  readonly eventId: string
  readonly state: State
}

export interface Snapshots<State> {
  get(stream: string): Promise<Snapshot<State> | undefined>
  put(stream: string, snapshot: Snapshot<State>): Promise<void>
}

export interface RootOptions<State> {
  readonly snapshots?: Snapshots<State>
  /** Keep a snapshot each so many events; default 100. */
  readonly snapshotEvery?: number
  /** How often a command is decided anew when others were faster; default 20. */
  readonly attempts?: number
}

export interface ExecuteOptions {
  /** From the caller, the same on each retry: a click, a message's id. Without one a retry is another command. */
  readonly commandId?: string
  /** The version that the caller saw. A miss is thrown and never retried: only the caller can look again. */
  readonly expect?: number
  readonly metadata?: Metadata
}

interface Loaded<State> {
  readonly state: State
  readonly version: number
  /** Of the events that were read. Those that a snapshot stands for are asked for when a command turns up again. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly whole: boolean
}

/** A command that gave no events leaves this in the stream: asked again, it must not be decided on what came later. */
const ANSWERED = 'CommandAnswered'

export interface AggregateRoot<State, Commands> {
  execute<Type extends keyof Commands & string>(
    id: string,
    type: Type,
    data: Commands[Type],
    options?: ExecuteOptions,
  ): Promise<Outcome>
  load(id: string): Promise<{ readonly state: State; readonly version: number }>
}

export function aggregateRoot<State, Commands, Events>(
  aggregate: Aggregate<State, Commands, Events>,
  store: EventStore,
  options: RootOptions<State> = {},
): AggregateRoot<State, Commands> {
  const { snapshots, snapshotEvery = 100, attempts = 20 } = options

  async function load(stream: string): Promise<Loaded<State>> {
    const kept = await snapshots?.get(stream).catch(() => undefined)
    if (kept === undefined || kept.stateVersion !== aggregate.stateVersion) return loadWhole(stream)
    const { events } = await store.read(stream, { from: kept.version })
    const [last, ...later] = events
    if (last === undefined || last.id !== kept.eventId) return loadWhole(stream)
    const state = later.reduce(apply, kept.state)
    return { state, version: versionAfter(events), answers: answersIn(later), whole: false }
  }

  async function loadWhole(stream: string): Promise<Loaded<State>> {
    const { events } = await store.read(stream)
    const state = events.reduce(apply, aggregate.initial)
    return { state, version: versionAfter(events), answers: answersIn(events), whole: true }
  }

  function apply(state: State, event: NewEvent): State {
    return event.type === ANSWERED ? state : evolve(aggregate, state, event)
  }

  async function attempt(task: Task<Commands>): Promise<Outcome> {
    const { stream, command, expect } = task
    const loaded = await load(stream)
    const known = loaded.answers.get(command.id)
    if (known !== undefined) return repeat(task, known)
    if (expect !== undefined && expect !== loaded.version) {
      const missed = conflict(stream, loaded.version, expect)
      if (loaded.whole) throw missed
      return recall(task, missed)
    }
    const decision = aggregate.decide[command.type](loaded.state, command.data)
    const events = eventsOf(aggregate, task, decision)
    // Before the append: an event that `evolve` cannot take would close the stream for good.
    const state = events.reduce(apply, loaded.state)
    const appended = await appendOnce(stream, events, loaded.version)
    // Decided before: by another process just now, or so long ago that a snapshot stands for it. That answer counts.
    if (appended === undefined) return recall(task, idReused(stream))
    await keep(stream, loaded.version, appended, state)
    return outcomeOf(command.id, decision, appended)
  }

  /** Nothing where the ids are there already: they are made from the command's, whatever is decided on it now. */
  async function appendOnce(
    stream: string,
    events: readonly NewEvent[],
    version: number,
  ): Promise<Appended | undefined> {
    try {
      const appended = await store.append(stream, events, { expect: version === 0 ? 'none' : version })
      return appended.duplicate ? undefined : appended
    } catch (error) {
      if (codeOf(error) === 'EventIdReused') return undefined
      throw error
    }
  }

  async function recall(task: Task<Commands>, otherwise: Failure): Promise<Outcome> {
    const known = (await loadWhole(task.stream)).answers.get(task.command.id)
    if (known === undefined) throw otherwise
    return repeat(task, known)
  }

  async function repeat({ stream, command }: Task<Commands>, known: Answer): Promise<Outcome> {
    if (known.hash !== command.hash) {
      throw new Failure(
        'CommandIdReused',
        `${command.id} was another command on ${stream}; give this one its own id.`,
      )
    }
    const answer = { commandId: command.id, version: known.last, duplicate: true }
    if (known.refusal === '') return { ...answer, outcome: 'nothing' }
    if (known.refusal !== undefined) return { ...answer, outcome: 'refused', refusal: known.refusal }
    const { events } = await store.read(stream, { from: known.first, to: known.last })
    return { ...answer, outcome: 'events', events }
  }

  /** After the append and apart from it: whoever fails here has still done the command. */
  async function keep(
    stream: string,
    before: number,
    { events, version }: Appended,
    state: State,
  ): Promise<void> {
    const due = Math.floor(version / snapshotEvery) > Math.floor(before / snapshotEvery)
    const eventId = events.at(-1)?.id
    if (snapshots === undefined || eventId === undefined || !due) return
    const snapshot = { stateVersion: aggregate.stateVersion, version, eventId, state }
    await snapshots.put(stream, snapshot).catch(() => {})
  }

  return {
    async execute(id, type, data, { commandId = randomUUID(), expect, metadata = {} } = {}) {
      if (!isKnown(aggregate.commands, type))
        throw new Failure('UnknownCommand', `No command ${String(type)}.`)
      if (commandId === '') throw new Failure('InvalidCommandId', `${type} has an empty command id.`)
      const checked = aggregate.commands[type].parse(data)
      const hash = createHash('sha256')
        .update(canonical({ type, id, data: checked }))
        .digest('hex')
      const task = {
        stream: `${aggregate.name}-${id}`,
        command: { id: commandId, type, data: checked, hash },
        expect,
        metadata,
      }
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(task)
        } catch (error) {
          if (tries >= attempts || !isWorthAnotherLook(error, expect)) throw error
          await sleep(Math.random() * Math.min(2 ** tries, 50))
        }
      }
    },
    async load(id) {
      const { state, version } = await load(`${aggregate.name}-${id}`)
      return { state, version }
    },
  }
}

interface Task<Commands> {
  readonly stream: string
  readonly command: CommandOf<Commands>
  readonly expect: number | undefined
  readonly metadata: Metadata
}

type CommandOf<Commands> = {
  readonly id: string
  readonly hash: string
  readonly type: keyof Commands & string
  readonly data: Commands[keyof Commands & string]
}

/** Ids come from the command's id: a try that is repeated appends the same ids, and the store tells them. */
function eventsOf<State, Commands, Events>(
  aggregate: Aggregate<State, Commands, Events>,
  { stream, command, metadata }: Task<Commands>,
  decision: Decision<Events>,
): readonly NewEvent[] {
  const stamp = { ...metadata, commandId: command.id, commandHash: command.hash }
  // Not joined by a sign that may stand in a name: two commands would share an id.
  const id = (index: number): string => JSON.stringify([stream, command.id, index])
  const answered = (data: Fields): NewEvent => ({
    id: id(0),
    type: ANSWERED,
    data,
    schemaVersion: 1,
    metadata: stamp,
  })
  if ('refusal' in decision) return [answered({ refusal: decision.refusal })]
  if (decision.length === 0) return [answered({})]
  return decision.map(({ type, data }, index) => {
    const { version, schema } = aggregate.events[type]
    return { id: id(index), type, data: schema.parse(data), schemaVersion: version, metadata: stamp }
  })
}

function outcomeOf<Events>(
  commandId: string,
  decision: Decision<Events>,
  { version, events }: Appended,
): Outcome {
  const answer = { commandId, version, duplicate: false }
  if ('refusal' in decision) return { ...answer, outcome: 'refused', refusal: decision.refusal }
  return decision.length === 0 ? { ...answer, outcome: 'nothing' } : { ...answer, outcome: 'events', events }
}

/** Of what was read: a store that counts apart from reading may be ahead of it, and the decision would be blind. */
function versionAfter(events: readonly StoredEvent[]): number {
  return events.at(-1)?.version ?? 0
}

function answersIn(events: readonly StoredEvent[]): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>()
  for (const { type, data, metadata, version } of events) {
    const { commandId, commandHash } = metadata
    if (commandId === undefined) continue
    const before = answers.get(commandId) ?? { hash: String(commandHash), first: version }
    const said = type === ANSWERED ? { refusal: refusalIn(data) } : {}
    answers.set(commandId, { ...before, ...said, last: version })
  }
  return answers
}

function refusalIn(data: unknown): string {
  return typeof data === 'object' && data !== null && 'refusal' in data ? String(data.refusal) : ''
}

function evolve<State, Commands, Events>(
  aggregate: Aggregate<State, Commands, Events>,
  state: State,
  { id, type, data, schemaVersion }: NewEvent,
): State {
  if (!isKnown(aggregate.events, type)) {
    throw new Failure('UnknownEventType', `${aggregate.name} has no event ${type} (its id is ${id}).`)
  }
  return aggregate.evolve[type](state, upToDate(type, aggregate.events[type], data, schemaVersion))
}

/** `toString` and its like are in every object, and are no type of anything. */
function isKnown<Types extends object>(types: Types, type: string): type is keyof Types & string {
  return Object.hasOwn(types, type)
}

/** One step a version: an upcaster never has to know what came after it. */
function upToDate<Data>(
  type: string,
  { version, schema, upcast = {} }: EventType<Data>,
  data: unknown,
  from: number,
): Data {
  if (from > version)
    throw new Failure('NewerEventVersion', `${type} v${from} is newer than this code (v${version}).`)
  let lifted = data
  for (let step = from; step < version; step++) {
    const next = upcast[step]
    if (next === undefined)
      throw new Failure('NoUpcaster', `Nothing lifts ${type} from v${step} to v${step + 1}.`)
    lifted = next(typeof lifted === 'object' && lifted !== null ? { ...lifted } : {})
  }
  return readWith(schema, lifted)
}

/** Others were faster, or the answer was lost: what is there now tells which. */
function isWorthAnotherLook(error: unknown, expect: number | undefined): boolean {
  const code = codeOf(error)
  if (code === 'ConcurrencyError') return expect === undefined
  return code === 'EventIdReused' || code === 'UnknownOutcomeError'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Equal data gives equal text, whatever the order of its fields. */
function canonical(value: unknown): string {
  checkJson(value)
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Snapshots in memory; in a database, one row a stream. */
export function memorySnapshots<State>(): Snapshots<State> {
  const rows = new Map<string, Snapshot<State>>()
  return {
    async get(stream) {
      const row = rows.get(stream)
      return row && copy(row)
    },
    async put(stream, snapshot) {
      rows.set(stream, copy(snapshot))
    },
  }
}

// 5. Your aggregate. This one keeps an article in stock: what is reserved twice is sold twice.

export interface StockState {
  readonly available: number
  readonly holders: { readonly [orderId: string]: number }
}

interface Reservation {
  readonly orderId: string
  readonly quantity: number
}

const reservation = fields<Reservation>({ orderId: text(), quantity: integer({ minimum: 1 }) })
const quantity = fields<{ quantity: number }>({ quantity: integer({ minimum: 1 }) })
const order = fields<{ orderId: string }>({ orderId: text() })

export interface StockCommands {
  readonly AddStock: { readonly quantity: number }
  readonly ReserveStock: Reservation
  readonly ReleaseStock: { readonly orderId: string }
}

export interface StockEvents {
  readonly StockAdded: { readonly quantity: number }
  readonly StockReserved: Reservation
  readonly StockReleased: Reservation
}

export const Stock: Aggregate<StockState, StockCommands, StockEvents> = {
  name: 'Stock',
  stateVersion: 1,
  initial: { available: 0, holders: {} },
  commands: { AddStock: quantity, ReserveStock: reservation, ReleaseStock: order },
  events: {
    StockAdded: { version: 1, schema: quantity },
    // Version 1 called the order `order`. What is stored stays as it is; reading lifts it.
    StockReserved: {
      version: 2,
      schema: reservation,
      upcast: { 1: ({ order: orderId, ...rest }) => ({ ...rest, orderId }) },
    },
    StockReleased: { version: 1, schema: reservation },
  },
  decide: {
    AddStock: (_state, data) => [{ type: 'StockAdded', data }],
    ReserveStock: ({ available, holders }, data) => {
      if (Object.hasOwn(holders, data.orderId)) return { refusal: 'AlreadyReserved' }
      return data.quantity > available ? { refusal: 'NotEnoughStock' } : [{ type: 'StockReserved', data }]
    },
    // Nothing is held: released before, or never reserved. That is no fault of a compensation.
    ReleaseStock: ({ holders }, { orderId }) => {
      const held = Object.hasOwn(holders, orderId) ? holders[orderId] : undefined
      return held === undefined ? [] : [{ type: 'StockReleased', data: { orderId, quantity: held } }]
    },
  },
  evolve: {
    StockAdded: (state, { quantity: added }) => ({ ...state, available: state.available + added }),
    StockReserved: ({ available, holders }, { orderId, quantity: taken }) => ({
      available: available - taken,
      holders: { ...holders, [orderId]: taken },
    }),
    StockReleased: ({ available, holders }, { orderId, quantity: freed }) => ({
      available: available + freed,
      holders: Object.fromEntries(Object.entries(holders).filter(([id]) => id !== orderId)),
    }),
  },
}

async function demonstrate(): Promise<void> {
  const stock = aggregateRoot(Stock, memoryStore(), { snapshots: memorySnapshots() })
  await stock.execute('mug', 'AddStock', { quantity: 3 }, { commandId: 'delivery-1' })
  // Five orders race for three mugs, and each click comes twice.
  const clicks = [1, 2, 3, 4, 5].flatMap((n) => [n, n])
  const outcomes = await Promise.all(
    clicks.map((n) =>
      stock.execute('mug', 'ReserveStock', { orderId: `o-${n}`, quantity: 1 }, { commandId: `click-${n}` }),
    ),
  )
  const { state, version } = await stock.load('mug')
  const count = (holds: (outcome: Outcome) => boolean): number => outcomes.filter(holds).length
  console.log(`10 commands, of which ${count(({ duplicate }) => duplicate)} were repeated`)
  console.log(
    `${count((o) => o.outcome === 'events' && !o.duplicate)} reserved, ${count((o) => o.outcome === 'refused' && !o.duplicate)} refused`,
  )
  console.log(
    `${state.available} available, held by ${Object.keys(state.holders).length} orders; the stream is at version ${version}`,
  )
}

if (import.meta.main) await demonstrate()
