import type { ReceivedMessage } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Envelope, isTechnical, type RecordedEvent, traceIn } from '../event/index.ts'
import type { Parsed } from './message.ts'
import { eventOfEnvelope, readEnvelope } from './wire.ts'

export interface EventParserOptions {
  readonly catalog: Catalog
  /** Event types that are heard; others pass. Technical ones (`eventwright.CommandHandled`) only if they are named here. */
  readonly types: ReadonlySet<string>
  /** True for an event of these types that leads to nothing whatever came before it: it passes too. */
  readonly leadsToNothing?: (event: Pick<RecordedEvent, 'type' | 'data'>) => boolean
}

/**
 * Reads messages that carry events: passes those that are not heard, waits with those that are newer than
 * the catalog, gives the others checked and upcast. What is no envelope or breaks its schema is parked.
 */
export function eventParser(
  options: EventParserOptions,
): (message: ReceivedMessage) => Parsed<RecordedEvent> {
  const { catalog, types, leadsToNothing = () => false } = options
  return (message) => {
    const envelope = readEnvelope(message)
    const { event } = envelope
    if (!types.has(event.type) || !isOurs(catalog, envelope)) return { kind: 'pass' }
    if (leadsToNothing(event)) return { kind: 'pass' }
    const { tenant } = event
    if (catalog.isNewer(event))
      return { kind: 'newer', tenant, what: `${event.type} v${event.schemaVersion}` }
    return {
      kind: 'message',
      tenant,
      trace: traceIn(event.metadata),
      ...originOf(envelope),
      read() {
        const received = eventOfEnvelope(envelope, message)
        if (isTechnical(event.type)) return received
        catalog.receive(event.type, event.schemaVersion, event.data)
        return catalog.upcast(received)
      },
    }
  }
}

/** The same name in another namespace is another event. */
function isOurs(catalog: Catalog, { namespace, event }: Envelope): boolean {
  return isTechnical(event.type) || namespace === catalog.namespaceOf(event.type)
}

function originOf({
  source,
  epoch,
  event,
}: Envelope): Pick<Extract<Parsed<never>, { kind: 'message' }>, 'origin'> {
  const { stream, version } = event
  if (epoch === undefined || stream === '' || version === undefined) return {}
  return { origin: { source, epoch, stream, version } }
}
