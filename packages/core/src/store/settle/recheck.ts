import type { Unit } from '../unit.ts'
import type { Answer } from './answer.ts'
import { inboxKey, listKey, named, pair } from './keys.ts'
import {
  acceptsIn,
  checkpointIn,
  commandKnown,
  documentIn,
  epochChanged,
  rangeTouched,
  timerRevision,
  type View,
  versionIn,
} from './view.ts'

/** Compares what the work read with what stands now; undefined when all is as it was. */
export function recheck(unit: Unit, view: View): Answer | undefined {
  return (
    recheckStreams(unit, view) ??
    recheckCheckpoints(unit, view) ??
    recheckDocuments(unit, view) ??
    recheckLists(unit, view) ??
    recheckInbox(unit, view) ??
    recheckCommands(unit, view) ??
    recheckTimers(unit, view)
  )
}

function recheckStreams({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const [stream, expected] of reads.streams) {
    const actual = versionIn(view, tenant, stream)
    if (actual === expected) continue
    return {
      kind: 'miss',
      key: named(tenant, stream),
      what: `stream "${stream}"`,
      stream: { stream, expected: expected === 0 ? 'none' : expected, actual },
    }
  }
  return undefined
}

function recheckCheckpoints({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const [name, position] of reads.checkpoints) {
    const error = epochChanged(view, tenant, name)
    if (error !== undefined) return { kind: 'failed', error }
    if ((checkpointIn(view, tenant, name)?.position ?? 0) === position) continue
    return { kind: 'miss', key: named(tenant, name), what: `checkpoint "${name}"` }
  }
  return undefined
}

function recheckDocuments({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const { collection, id, revision } of reads.documents) {
    if ((documentIn(view, tenant, collection, id)?.revision ?? 0) === revision) continue
    return { kind: 'miss', key: pair(tenant, collection, id), what: `document "${id}" of "${collection}"` }
  }
  return undefined
}

function recheckLists({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const { collection, range, found } of reads.lists) {
    const key = listKey(tenant, collection, range)
    const now = view.found.lists.get(key) ?? []
    const same =
      now.length === found.length &&
      now.every((row, index) => row.id === found[index]?.id && row.revision === found[index]?.revision)
    const last = found.length === range.limit ? found.at(-1)?.id : undefined
    if (same && !rangeTouched(view, tenant, collection, range, last)) continue
    return { kind: 'miss', key: named(tenant, collection), what: `a list of documents of "${collection}"` }
  }
  return undefined
}

function recheckInbox({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const { consumer, message, accepted } of reads.inbox) {
    if (acceptsIn(view, tenant, consumer, message) === accepted) continue
    return {
      kind: 'miss',
      key: inboxKey(tenant, consumer, message),
      what: `the inbox of "${consumer}"`,
    }
  }
  return undefined
}

function recheckCommands({ tenant, reads, writes }: Unit, view: View): Answer | undefined {
  const wrong = reads.commands.find(
    ({ stream, commandId, known }) => commandKnown(view, tenant, stream, commandId) !== known,
  )
  if (wrong !== undefined) return missedCommand(tenant, wrong.stream, wrong.commandId)
  // A record is never written over, whether or not the work looked for it.
  const taken = writes.commands.find(({ stream, record }) =>
    commandKnown(view, tenant, stream, record.commandId),
  )
  return taken === undefined ? undefined : missedCommand(tenant, taken.stream, taken.record.commandId)
}

function missedCommand(tenant: string, stream: string, commandId: string): Answer {
  return {
    kind: 'miss',
    key: pair(tenant, stream, commandId),
    what: `the record of command "${commandId}" in stream "${stream}"`,
  }
}

function recheckTimers({ tenant, reads }: Unit, view: View): Answer | undefined {
  for (const { owner, id, revision } of reads.timers) {
    if (timerRevision(view, tenant, owner, id) === revision) continue
    return { kind: 'miss', key: pair(tenant, owner, id), what: `timer "${id}" of "${owner}"` }
  }
  return undefined
}
