import { type Broker, isTechnical } from '@eventwright/core'
import { build } from './build.ts'
import { collect } from './collect.ts'
import { finished } from './draft.ts'
import type { Source } from './sources.ts'
import type { Trace } from './trace.ts'
import { tellWhatWaits } from './waiting.ts'

/** Traces one conversation over all the stores, with the broker where what waits stands; `undefined` where none of them has an event of it. */
export async function traceConversation(
  sources: readonly Source[],
  correlationId: string,
  { tenant, broker }: { readonly tenant?: string; readonly broker?: Broker } = {},
): Promise<Trace | undefined> {
  const collected = await collect(sources, correlationId, tenant)
  const times = collected.found.map(({ event }) => event.recordedAt)
  if (times.length === 0) return undefined
  const { drafts, roots } = build(correlationId, collected)
  await tellWhatWaits(sources, drafts, broker)
  const begun = times.reduce((first, time) => Math.min(first, time))
  const tenants = [...new Set(collected.found.map(({ event }) => event.tenant))]
  return {
    correlationId,
    ...(tenants.length === 1 ? { tenant: tenants[0] ?? '' } : {}),
    begun,
    took: times.reduce((last, time) => Math.max(last, time)) - begun,
    events: collected.found.filter(({ event }) => !isTechnical(event.type)).length,
    roots: roots.map(finished),
    cut: collected.cut,
  }
}
