import { type EventStore, isTechnical, type RecordedEvent } from '@eventwright/core'

/**
 * What happened in each run of each scenario that a store holds, in words that are alike on every engine: type and
 * version of the schema, stream, version and data of each event, by stream. Runs are by tenant, `NAME` and `NAME~2`.
 */
export async function eventsOf(store: EventStore): Promise<ReadonlyMap<string, readonly string[]>> {
  const runs = new Map<string, RecordedEvent[]>()
  for (let after = 0; ; ) {
    const { events, examined } = await store.readAll({ after, raw: true })
    for (const event of events) {
      if (isTechnical(event.type)) continue
      const run = runs.get(event.tenant) ?? []
      run.push(event)
      runs.set(event.tenant, run)
    }
    if (examined === after) break
    after = examined
  }
  return new Map([...runs].map(([tenant, events]) => [tenant, events.map(told).sort()]))
}

function told({ stream, version, type, schemaVersion, data }: RecordedEvent): string {
  return `${stream}@${String(version).padStart(4, '0')} ${type}.v${schemaVersion} ${sorted(data)}`
}

/** Engines keep JSON as it was written; who wrote it may have taken the fields in another order. */
function sorted(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}
