import { type PendingEvent, type RecordedEvent, systemClock } from '../event/index.ts'
import type { Engine } from './engine.ts'
import { CannotJoin, EpochChanged, StoreClosed } from './errors.ts'
import type { AppendResult, EventStore, Expect, StoreOptions } from './event-store.ts'
import { groupCommit } from './group-commit.ts'
import { refuseInsideWork } from './inside-work.ts'
import { joinTransaction } from './join.ts'
import { joinInTurn } from './join-turns.ts'
import { checkId, checkLogQuery, checkRange, checkStream, checkTenant } from './names.ts'
import { preparer, upcaster } from './prepare.ts'
import { boundOf, limitOf, logQueryOf, rangeOf, UNLIMITED } from './range.ts'
import { type Appended, checkExpectIsOne } from './settle/index.ts'
import { recorded } from './stored.ts'
import type { DocumentReader } from './transaction.ts'
import { type TransactionParts, transactions } from './transactions.ts'
import { appendUnit, type PreparedEvent } from './unit.ts'
import { checkWhole } from './whole.ts'

/** An event store over an engine: what all engines share. */
export function openStore(engine: Engine, options: StoreOptions = {}): EventStore {
  const { clock = systemClock } = options
  // Engines keep whole milliseconds.
  const now = (): number => Math.floor(clock.now())
  const commit = groupCommit(engine, now)
  const prepare = preparer(options.catalog, options.ids, options.trace)
  const upcast = upcaster(options.catalog)
  const parts: TransactionParts = { engine, commit, prepare, upcast, now, onAppend: options.onAppend }
  const transact = transactions(parts)
  let closing: Promise<void> | undefined

  function enter(call: string, tenant = ''): void {
    if (closing !== undefined) throw new StoreClosed(engine.url)
    refuseInsideWork(engine.resource, call)
    checkTenant(tenant)
  }

  const store: EventStore = {
    url: engine.url,
    epoch: engine.epoch,
    async append(stream, events, { expect = 'any', tenant = '' } = {}) {
      enter('store.append', tenant)
      checkStream(stream)
      checkExpectIsOne(expect)
      if (options.onAppend !== undefined) {
        const { result, appended } = await transact(tenant, (tx) => tx.append(stream, events, { expect }))
        return result.duplicate
          ? repeated(result.events)
          : written(result.events, appended[0], result.version)
      }
      return append(tenant, stream, prepare(tenant, stream, events), expect)
    },
    async read(stream, asked = {}) {
      const { tenant = '' } = asked
      enter('store.read', tenant)
      checkStream(stream)
      const { events, version } = await engine.stream(tenant, stream, rangeOf(asked))
      return { events: events.map(upcast), version }
    },
    async readAll(query = {}) {
      enter('store.readAll', query.tenant)
      checkLogQuery(query)
      const { events, examined } = await engine.log(logQueryOf(query))
      return { events: query.raw === true ? events : events.map(upcast), examined }
    },
    async head() {
      enter('store.head')
      return engine.head()
    },
    async transaction(work, { tenant = '', quiet = false } = {}) {
      enter('store.transaction', tenant)
      return (await transact(tenant, work, quiet)).result
    },
    async join(client, work, { tenant = '' } = {}) {
      enter('store.join', tenant)
      if (engine.join === undefined)
        throw new CannotJoin(engine.url, 'only a store in PostgreSQL can be joined')
      if (typeof client?.query !== 'function')
        throw new CannotJoin(engine.url, 'give the client on which it is open, with its query()')
      const { join } = engine
      return joinInTurn(client, async () => joinTransaction(parts, await join(client), tenant, work))
    },
    documents: <Value>(collection: string, { tenant = '' }: { readonly tenant?: string } = {}) => {
      checkId(collection, 'a collection')
      return documentReader<Value>(engine, collection, tenant, enter)
    },
    async view(query) {
      enter('store.view')
      checkId(query.checkpoint, 'a checkpoint')
      for (const collection of query.collections) checkId(collection, 'a collection')
      const { head, checkpoints, documents } = await engine.view(query)
      const other = checkpoints.find(({ epoch }) => epoch !== engine.epoch)
      if (other !== undefined) throw new EpochChanged(query.checkpoint, other.epoch, engine.epoch)
      return {
        head,
        checkpoints: new Map(checkpoints.map(({ tenant, position }) => [tenant, position])),
        documents,
      }
    },
    async checkpoint(name, { tenant = '' } = {}) {
      enter('store.checkpoint', tenant)
      checkId(name, 'a checkpoint', tenant)
      const stored = await engine.checkpoint(tenant, name)
      if (stored !== undefined && stored.epoch !== engine.epoch) {
        throw new EpochChanged(name, stored.epoch, engine.epoch)
      }
      return stored?.position ?? 0
    },
    async timers(query) {
      enter('store.timers')
      if (query.owner !== undefined) checkId(query.owner, "a timer's owner")
      const until = boundOf(query.until, UNLIMITED, 'until')
      return engine.timers({ ...query, until, limit: limitOf(query.limit, UNLIMITED) })
    },
    leases: {
      async acquire(name, holder, milliseconds) {
        enter('store.leases.acquire')
        checkLease(name, holder)
        checkWhole(milliseconds, "a lease's time in milliseconds", 0)
        return engine.leases.acquire(name, holder, milliseconds)
      },
      async renew(lease, milliseconds) {
        enter('store.leases.renew')
        checkLease(lease.name, lease.holder)
        checkWhole(lease.token, `the token of lease "${lease.name}"`, 0)
        checkWhole(milliseconds, "a lease's time in milliseconds", 0)
        return engine.leases.renew(lease, milliseconds)
      },
      async release(lease) {
        enter('store.leases.release')
        checkLease(lease.name, lease.holder)
        checkWhole(lease.token, `the token of lease "${lease.name}"`, 0)
        return engine.leases.release(lease)
      },
    },
    async commits() {
      if (closing !== undefined) throw new StoreClosed(engine.url)
      return engine.commits()
    },
    onCommit(listener) {
      if (closing !== undefined) throw new StoreClosed(engine.url)
      return engine.onCommit(listener)
    },
    health: () => commit.health(),
    close() {
      closing ??= commit.close().then(() => engine.close())
      return closing
    },
  }

  async function append(
    tenant: string,
    stream: string,
    events: readonly PreparedEvent[],
    expect: Expect,
  ): Promise<AppendResult> {
    const answer = await commit.submit(appendUnit(tenant, { stream, events, expect }))
    if (answer.kind === 'failed') throw answer.error
    if (answer.kind === 'duplicate') return repeated(answer.events.map((event) => upcast(recorded(event))))
    return written(events, answer.kind === 'done' ? answer.appended[0] : undefined, 0)
  }

  return store
}

function checkLease(name: string, holder: string): void {
  checkId(name, 'a lease')
  checkId(holder, "a lease's holder")
}

/** What was given, with what the log added to it: payloads are not parsed again. */
function written(
  given: readonly Pick<PendingEvent, 'data' | 'metadata'>[],
  appended: Appended | undefined,
  version: number,
): AppendResult {
  const events = (appended?.events ?? []).map(
    (
      { position, tenant, stream, version: at, id, type, schemaVersion, recordedAt },
      index,
    ): RecordedEvent => ({
      position,
      tenant,
      stream,
      version: at,
      id,
      type,
      schemaVersion,
      recordedAt,
      data: given[index]?.data,
      metadata: given[index]?.metadata ?? {},
    }),
  )
  return {
    version: appended?.version ?? version,
    position: events.at(-1)?.position ?? 0,
    events,
    duplicate: false,
  }
}

function repeated(events: readonly (PendingEvent | RecordedEvent)[]): AppendResult {
  const inLog = events.filter((event) => 'position' in event)
  const last = inLog.at(-1)
  return { version: last?.version ?? 0, position: last?.position ?? 0, events: inLog, duplicate: true }
}

function documentReader<Value>(
  engine: Engine,
  collection: string,
  tenant: string,
  enter: (call: string, tenant: string) => void,
): DocumentReader<Value> {
  return {
    async get(id) {
      enter('store.documents().get', tenant)
      checkId(id, `a document id of "${collection}"`, collection, tenant)
      const stored = await engine.document(tenant, collection, id)
      return stored === undefined ? undefined : (JSON.parse(stored.value) as Value)
    },
    async list({ prefix = '', after = '', limit } = {}) {
      enter('store.documents().list', tenant)
      checkRange(prefix, after)
      const range = { prefix, after, limit: limitOf(limit, UNLIMITED) }
      const found = await engine.documents(tenant, collection, range)
      return found.map(({ id, value }) => ({ id, value: JSON.parse(value) as Value }))
    },
  }
}
